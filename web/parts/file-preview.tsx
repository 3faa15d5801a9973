import { useState } from 'preact/hooks'
import type { ImportPlan } from '../answers.ts'
import { count, minute, month } from '../show.ts'
import { exact } from '../show-exact.ts'
import { fileWords } from '../words/files.ts'
import { Button, Notice } from './controls.tsx'
import { Sentences } from './sentences.tsx'

const texts = fileWords

type Props = {
  readonly plan: ImportPlan
  readonly isWhole: boolean
  readonly isOff: boolean
  readonly isStoring: boolean
  /** Says of which time the file has everything, or takes that back. */
  readonly claim: (attests: { from: string; to: string } | undefined) => void
  readonly change?: (() => void) | undefined
  readonly store: (plan: string) => void
}

const classes = ['new', 'known', 'contradicting', 'replaced'] as const

/** What would be stored, by class; what is stored is this plan and no other. */
export function FilePreview({ plan, isWhole, isOff, isStoring, claim, change, store }: Props) {
  const { tables, streams, samples } = plan
  const total = (of: (typeof classes)[number]) => streams.reduce((sum, stream) => sum + stream[of], 0)
  const doubts = streams.reduce((sum, { mayBeTwice }) => sum + mayBeTwice, 0)
  const leftOut = tables.flatMap((table) => table.leftOut)
  const leftOutCount = tables.reduce((sum, table) => sum + table.leftOutCount, 0)
  return (
    <section aria-labelledby="preview">
      <h2 id="preview">{texts.preview}</h2>
      {!isStoring && <p>{texts.previewText}</p>}
      {tables.map((table, place) => (
        <TableFacts key={place} table={table} />
      ))}
      <div class="classes">
        {classes.map((of) => {
          const many = total(of)
          if (many === 0 && of !== 'new' && of !== 'known') return null
          const by = streams.filter((stream) => stream[of] > 0)
          return (
            <Class
              key={of}
              of={of}
              many={many}
              by={by.length > 1 ? by.map((stream) => `${stream.title}: ${count(stream[of])}`) : []}
              lines={samples[of]}
            />
          )
        })}
        {doubts > 0 && <Class of="mayBeTwice" many={doubts} by={[]} lines={[]} />}
        {leftOutCount > 0 && (
          <Class
            of="leftOut"
            many={leftOutCount}
            by={[]}
            lines={leftOut.map(({ line, why }) => ({ lines: [line], words: why }))}
          />
        )}
      </div>
      {plan.months.length > 1 && (
        <details>
          <summary>{texts.months}</summary>
          <ul class="counts">
            {plan.months.map(({ from, rows: many }) => (
              <li key={from}>
                <span>
                  {month(Date.parse(from))} {from.slice(0, 4)}
                </span>{' '}
                <span class="number">{count(many)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <Attests plan={plan} isWhole={isWhole} isOff={isOff} claim={claim} />
      <div class="actions submit">
        <Button isPrimary isOff={isOff} onClick={() => store(plan.id)}>
          {texts.store(total('new'))}
        </Button>
        {change !== undefined && (
          <Button isOff={isOff} onClick={change}>
            {texts.change}
          </Button>
        )}
      </div>
    </section>
  )
}

/** From the first row to the last: of more than that the file says nothing. */
function Attests({
  plan: { tables, attests },
  isWhole,
  isOff,
  claim,
}: Omit<Props, 'change' | 'store' | 'isStoring'>) {
  // What was just said is seen while it is read anew.
  const [said, setSaid] = useState(isWhole)
  const from = tables.flatMap(({ first }) => first?.utc ?? []).sort()[0]
  const last = tables
    .flatMap(({ last }) => last?.utc ?? [])
    .sort()
    .at(-1)
  if (from === undefined || last === undefined) return null
  const to = new Date(Date.parse(last) + 1).toISOString()
  return (
    <section aria-labelledby="attests">
      <h3 id="attests">{texts.attests}</h3>
      <label class="check">
        <input
          type="checkbox"
          checked={isOff ? said : isWhole}
          disabled={isOff}
          aria-describedby="whole-hint"
          onChange={({ currentTarget: { checked } }) => {
            setSaid(checked)
            claim(checked ? { from, to } : undefined)
          }}
        />
        <span>{texts.whole}</span>
      </label>
      <p id="whole-hint" class="soft small">
        {texts.wholeText}
      </p>
      <Sentences lines={attests} />
    </section>
  )
}

type Line = {
  readonly time?: string
  readonly words: string
  readonly lines?: readonly number[] | undefined
  readonly count?: number
  readonly why?: string
}

function Class({
  of,
  many,
  by,
  lines,
}: {
  of: keyof typeof texts.classes
  many: number
  /** How many of which kind of history, where there are several. */
  by: readonly string[]
  lines: readonly Line[]
}) {
  return (
    <details class={`class ${of}`} data-class={of} data-count={many} open={of === 'contradicting'}>
      <summary>
        <strong>
          {texts.classes[of]}: <span class="number">{count(many)}</span>
        </strong>{' '}
        <span class="soft">{texts.classText[of]}</span>
      </summary>
      {by.length > 0 && <p class="soft small">{by.join(' · ')}</p>}
      {lines.length > 0 && (
        <ul class="told-rows">
          {lines.map(({ time, words, lines: places, count: times, why }, place) => (
            <li key={place}>
              {time !== undefined && <span class="soft">{exact(time)}</span>} <span>{words}</span>{' '}
              {places !== undefined && <span class="soft">{texts.lines(places)}</span>}
              {times !== undefined && times > 1 && <span class="soft"> {texts.times(times)}</span>}
              {why !== undefined && <span class="doubt-text"> {why}</span>}
            </li>
          ))}
          {many > lines.length && <li class="soft">{texts.andMore(many - lines.length)}</li>}
        </ul>
      )}
    </details>
  )
}

const mostNamed = 12

function TableFacts({ table }: { table: ImportPlan['tables'][number] }) {
  const { name, rows, first, last, clock, coins, symbols, encoding, ambiguousTimes, notes, hasUnknownWords } =
    table
  const facts: readonly (readonly [string, string | undefined])[] = [
    [texts.facts.format, name],
    [texts.facts.rows, count(rows)],
    [
      texts.facts.period,
      first === undefined || last === undefined
        ? undefined
        : [first, last].map(({ utc, shown, line }) => texts.momentOf(minute(utc), shown, line)).join('; '),
    ],
    [texts.facts.clock, clock],
    [texts.facts.symbols, named(symbols)],
    [texts.facts.coins, named(coins)],
    [
      texts.facts.encoding,
      encoding === undefined ? undefined : encoding.isGuess ? texts.guessed(encoding.name) : encoding.name,
    ],
  ]
  return (
    <>
      <dl class="facts">
        {facts.map(
          ([name, text]) =>
            text !== undefined && (
              <div key={name} class="fact">
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ),
        )}
      </dl>
      {(notes.length > 0 || ambiguousTimes > 0) && (
        <Notice tone="doubt">
          {ambiguousTimes > 0 && <p>{texts.ambiguous(ambiguousTimes)}</p>}
          {notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
          {hasUnknownWords && <p>{texts.unknownWords}</p>}
        </Notice>
      )}
    </>
  )
}

function named(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  const shown = names.slice(0, mostNamed).join(', ')
  return names.length > mostNamed ? `${shown}, ${texts.andMore(names.length - mostNamed)}` : shown
}
