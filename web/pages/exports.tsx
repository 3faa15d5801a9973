import { useEffect, useState } from 'preact/hooks'
import { accountChoices } from '../account-choices.ts'
import type { Account, Coverage, Export, Format } from '../answers.ts'
import type { PageProps } from '../app.tsx'
import { ask, sentenceOf } from '../ask.ts'
import { questions, useData } from '../data.ts'
import { type AskedPeriod, coveragePath, droppedIn, shortfallsIn } from '../export-check.ts'
import { Choice, ChoiceField, ZoneField } from '../parts/choice.tsx'
import { Badge, Button, Failure, Frame, Go, Notice } from '../parts/controls.tsx'
import { Heading } from '../parts/heading.tsx'
import { Sentences } from '../parts/sentences.tsx'
import { questionOfAll } from '../question.ts'
import { Refusal } from '../refusal.ts'
import { minute } from '../show.ts'
import { bytes } from '../show-exact.ts'
import { exportWords } from '../words/exports.ts'
import { toneOf, words } from '../words.ts'

const texts = exportWords

/** Makes files for other tools, says before what they will not cover, and keeps them at hand. */
export function Exports({ route: { query } }: PageProps) {
  const exports = useData(questions.exports)
  const summary = useData(questions.summary)
  const error = exports.error ?? summary.error
  return (
    <>
      <Heading text={texts.title} />
      {error !== null && (
        <Failure
          sentence={sentenceOf(error)}
          again={() => {
            exports.refetch()
            summary.refetch()
          }}
        />
      )}
      {exports.data === undefined || summary.data === undefined ? (
        error === null && <Frame lines={8} />
      ) : (
        <div class="formats">
          {summary.data.items.length === 0 ? (
            <section>
              <p>{texts.noAccount}</p>
              <p>
                <Go to="#/connect">{words.overview.connect}</Go>
              </p>
            </section>
          ) : (
            <NewExport
              key={`${query}`}
              formats={exports.data.items}
              accounts={summary.data.items}
              query={query}
            />
          )}
          <Past recent={exports.data.recent} formats={exports.data.items} />
        </div>
      )}
    </>
  )
}

type PeriodKind = 'all' | 'year' | 'own'
const periodKinds: readonly PeriodKind[] = ['year', 'own', 'all']
const thisYear = new Date().getUTCFullYear()

type NewProps = {
  readonly formats: readonly Format[]
  readonly accounts: readonly Account[]
  readonly query: URLSearchParams
}

function NewExport({ formats, accounts, query }: NewProps) {
  const [chosen, setChosen] = useState(
    formats.find(({ format }) => format === query.get('format'))?.format ?? formats[0]?.format,
  )
  const hasPeriod = query.has('from') || query.has('to')
  const [kind, setKind] = useState<PeriodKind>(hasPeriod ? 'own' : 'all')
  const [year, setYear] = useState(String(thisYear))
  const [from, setFrom] = useState(query.get('from') ?? '')
  const [to, setTo] = useState(query.get('to') ?? '')
  const [zone, setZone] = useState('UTC')
  const [connection, setConnection] = useState(query.get('connection') ?? '')
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const [failure, setFailure] = useState('')
  const [isSending, setSending] = useState(false)
  const format = formats.find((one) => one.format === chosen)
  const some = accounts.filter((account) => connection === '' || account.connection.id === connection)
  const period = periodOfForm(kind, year, from, to)
  const dropped = droppedIn(query)

  async function send(event: Event) {
    event.preventDefault()
    setSending(true)
    setProblems({})
    setFailure('')
    try {
      await ask('/v1/exports', {
        method: 'POST',
        body: {
          format: chosen,
          timezone: zone,
          ...period,
          ...(connection !== '' && { connections: [connection] }),
        },
      })
      await questions.exports.again()
    } catch (error) {
      const errors = error instanceof Refusal ? (error.problem.errors ?? []) : []
      setProblems(Object.fromEntries(errors.map(({ field, detail }) => [field, detail])))
      if (errors.length === 0) setFailure(sentenceOf(error))
    } finally {
      setSending(false)
    }
  }

  const labels = { period: texts.year, from: texts.from, to: texts.to, timezone: texts.zone } as const
  const wrong = (field: keyof typeof labels) =>
    problems[field] !== undefined && (
      <p class="wrong" role="alert">
        {labels[field]} {problems[field]}.
      </p>
    )
  return (
    <section aria-labelledby="make">
      <h2 id="make">{texts.make}</h2>
      <form method="post" onSubmit={(event) => void send(event)}>
        {dropped.length > 0 && (
          <Notice tone="doubt">
            <p>{texts.dropped(dropped)}</p>
          </Notice>
        )}
        <ChoiceField
          id="format"
          label={texts.format}
          value={chosen ?? ''}
          of={formats.map((one) => [one.format, one.name] as const)}
          choose={setChosen}
        />
        {format !== undefined && <FormatWords format={format} />}
        <div class="field">
          <label for="kind">{texts.period}</label>
          <div class="actions">
            <Choice
              id="kind"
              value={kind}
              of={periodKinds.map((one) => [one, texts.periods[one]] as const)}
              choose={setKind}
            />
            {kind === 'year' && (
              <input
                type="text"
                inputMode="numeric"
                size={6}
                maxLength={4}
                aria-label={texts.year}
                value={year}
                onInput={({ currentTarget }) => setYear(currentTarget.value)}
              />
            )}
            {kind === 'own' && (
              <>
                <input
                  type="text"
                  size={12}
                  maxLength={30}
                  aria-label={texts.from}
                  value={from}
                  onInput={({ currentTarget }) => setFrom(currentTarget.value)}
                />
                <input
                  type="text"
                  size={12}
                  maxLength={30}
                  aria-label={texts.to}
                  value={to}
                  onInput={({ currentTarget }) => setTo(currentTarget.value)}
                />
              </>
            )}
          </div>
          {kind === 'own' && <p class="hint">{texts.daysHint}</p>}
          {wrong('period')}
          {wrong('from')}
          {wrong('to')}
        </div>
        <ZoneField
          label={texts.zone}
          hint={texts.zoneHint}
          value={zone}
          choose={(text) => setZone(text.trim())}
        />
        {wrong('timezone')}
        {accounts.length > 1 && (
          <ChoiceField
            id="account"
            label={texts.accounts}
            value={connection}
            of={[['', texts.allAccounts], ...accountChoices(accounts)]}
            choose={setConnection}
          />
        )}
        <Preflight accounts={some} period={period} zone={zone} />
        {failure !== '' && <Failure sentence={failure} />}
        <div class="actions submit">
          <Button type="submit" isPrimary isOff={isSending}>
            {texts.submit}
          </Button>
        </div>
      </form>
    </section>
  )
}

/** As it is sent: an empty end is none. */
function periodOfForm(kind: PeriodKind, year: string, from: string, to: string): AskedPeriod {
  if (kind === 'year') return { period: year }
  return kind === 'all' ? {} : { ...(from !== '' && { from }), ...(to !== '' && { to }) }
}

function FormatWords({ format: { carries, cannotSay, upload } }: { format: Format }) {
  return (
    <div class="about-format">
      {(
        [
          [texts.carries, carries],
          [texts.cannotSay, cannotSay],
          [texts.upload, upload],
        ] as const
      ).map(
        ([title, lines]) =>
          lines.length > 0 && (
            <details key={title}>
              <summary>{title}</summary>
              <Sentences lines={lines} />
            </details>
          ),
      )}
    </div>
  )
}

type PreflightProps = {
  readonly accounts: readonly Account[]
  readonly period: AskedPeriod
  readonly zone: string
}

const mostLines = 8

const coverages = questionOfAll((path, signal) => ask<Coverage>(`/v1/connections/${path}`, { signal }))

/** What the file will not cover, before anybody waits for it. */
function Preflight({ accounts, period, zone }: PreflightProps) {
  const names = accounts.map(({ connection }) => coveragePath(connection.id, period, zone)).join()
  const { data } = useData(coverages(useSettled(names)))
  if (data === undefined) return null
  const known = accounts.flatMap((of, place) => {
    const is = data[place]
    return is === undefined ? [] : [{ of, is }]
  })
  const lines = shortfallsIn(known)
  if (lines.length === 0)
    return (
      <Notice tone="good">
        <p>{texts.complete}</p>
      </Notice>
    )
  return (
    <Notice tone="doubt">
      <p>
        <strong>{texts.incomplete}</strong>
      </p>
      <Sentences
        lines={
          lines.length > mostLines
            ? [...lines.slice(0, mostLines), texts.moreLines(lines.length - mostLines)]
            : lines
        }
      />
      <p>{texts.alsoSaid}</p>
    </Notice>
  )
}

/** What is still being typed is not asked for. */
function useSettled(text: string): string {
  const [settled, settle] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => settle(text), 300)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

function Past({ recent, formats }: { recent: readonly Export[]; formats: readonly Format[] }) {
  return (
    <section aria-labelledby="past">
      <h2 id="past">{texts.past}</h2>
      {recent.length === 0 ? (
        <p class="soft">{texts.none}</p>
      ) : (
        <ul class="past">
          {recent.map((one) => (
            <PastExport
              key={one.id}
              one={one}
              name={formats.find(({ format }) => format === one.format)?.name ?? one.format}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

function periodOf({ from, to }: Export): string {
  if (from !== undefined && to !== undefined) return texts.between(from, to)
  if (from !== undefined) return texts.since(from)
  return to === undefined ? texts.allTime : texts.until(to)
}

function PastExport({ one, name }: { one: Export; name: string }) {
  const [problem, setProblem] = useState('')
  async function again() {
    setProblem('')
    try {
      const { format, from, to, timezone, connections } = one
      await ask('/v1/exports', {
        method: 'POST',
        body: {
          format,
          timezone,
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          ...(connections !== undefined && { connections }),
        },
      })
      await questions.exports.again()
    } catch (error) {
      setProblem(sentenceOf(error))
    }
  }
  return (
    <li data-export={one.format} data-state={one.state}>
      <div class="card-head">
        <h3>{texts.of(name, periodOf(one))}</h3>
        {one.completeness !== undefined && (
          <Badge tone={toneOf(one.completeness)}>{words.completeness[one.completeness]}</Badge>
        )}
      </div>
      {one.state === 'waiting' && (
        <p class="soft" role="status">
          {texts.waiting}
        </p>
      )}
      {one.state === 'failed' && <p class="bad-text">{texts.failed}</p>}
      {one.state === 'done' && (
        <p class="soft">
          {words.rows(one.transactions ?? 0)} · {bytes(one.bytes ?? 0)} ·{' '}
          {texts.kept(one.finishedAt ?? one.requestedAt)}
          {one.downloadUntil !== undefined && ` ${texts.linksUntil(minute(one.downloadUntil))}`}
        </p>
      )}
      {one.statement !== undefined && one.statement.length > 0 && (
        <details>
          <summary>{texts.says}</summary>
          <Sentences lines={one.statement} />
        </details>
      )}
      {problem !== '' && <Failure sentence={problem} />}
      <div class="actions">
        {one.download !== undefined && (
          <a class="button primary" href={one.download} download="">
            {texts.download}
          </a>
        )}
        {one.statementDownload !== undefined && (
          <a class="button" href={one.statementDownload} download="">
            {texts.statement}
          </a>
        )}
        <Button isOnce onClick={() => void again()}>
          {texts.again}
        </Button>
      </div>
    </li>
  )
}
