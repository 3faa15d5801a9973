import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Account, Coverage, Months } from '../answers.ts'
import { count, day, duration, minute } from '../show.ts'
import { exact } from '../show-exact.ts'
import { beginOf, type Lane, lanesOf, pinsOf, type Range, type Span, scale, ticksOf } from '../timeline.ts'
import { connectionWords } from '../words/connection.ts'
import { timelineWords } from '../words/timeline.ts'
import { accountName, words } from '../words.ts'
import { Choice } from './choice.tsx'
import { Button } from './controls.tsx'
import { Sentences } from './sentences.tsx'
import { Table } from './table.tsx'

const texts = timelineWords
const ranges: readonly Range[] = ['first', 'year', 'quarter', 'all']
/** Pixels. */
const sizes = { bar: 14, beside: 9, months: 14, labels: 172, stub: 26, axis: 20, pin: 12 }

type Props = {
  readonly account: Account
  readonly coverage: Coverage
  readonly months: Months['items']
  readonly now: number
}

/** What is covered, what is missing and what nobody can tell, to scale; and the same as a table. */
export function Timeline({ account, coverage, months, now }: Props) {
  const [range, setRange] = useState<Range>('first')
  const [byPart, setByPart] = useState(false)
  const [lit, setLit] = useState('')
  const lanes = useMemo(
    () =>
      lanesOf(coverage, now, byPart, {
        streams: account.files?.streams ?? [],
        isAll: account.connection.fromFiles === true,
      }),
    [coverage, now, byPart, account.files],
  )
  const firstRow = months.reduce<number | undefined>(
    (first, { from }) => Math.min(first ?? now, Date.parse(from)),
    undefined,
  )
  const begin = beginOf(range, lanes, firstRow, now)
  const parts = coverage.items.reduce((sum, { partitions }) => sum + Math.max(1, partitions.length), 0)
  return (
    <section class="timeline">
      <div class="timeline-head">
        <h2>{connectionWords.coverage}</h2>
        <label>
          <span class="unseen">{texts.range}</span>
          <Choice
            value={range}
            of={ranges.map((one) => [one, texts.ranges[one]] as const)}
            choose={setRange}
          />
        </label>
        {parts > coverage.items.length && account.connection.fromFiles !== true && (
          <Button onClick={() => setByPart(!byPart)}>{byPart ? texts.wholes : texts.parts(parts)}</Button>
        )}
        <Legend lanes={lanes} />
      </div>
      <Sentences lines={coverage.sentences} />
      {lanes.length === 0 ? (
        <p>{texts.nothing}</p>
      ) : (
        <Drawing
          account={account}
          coverage={coverage}
          lanes={lanes}
          months={months}
          begin={begin}
          now={now}
          lit={lit}
          light={setLit}
        />
      )}
      {lanes.some(({ spans }) => spans.length > 0) && (
        <>
          <p class="told soft" aria-hidden="true">
            {toldOf(lanes, lit) ?? texts.tip}
          </p>
          <SpanTable account={account} lanes={lanes} lit={lit} light={setLit} />
        </>
      )}
    </section>
  )
}

function Legend({ lanes }: { lanes: readonly Lane[] }) {
  const there = new Set(lanes.flatMap(({ spans }) => spans.map(({ kind }) => kind)))
  const kinds = (['covered', 'attested', 'unverified', 'gap', 'unasked', 'settling'] as const).filter(
    (kind) => there.has(kind),
  )
  return (
    <ul class="legend" aria-hidden="true">
      {kinds.map((kind) => (
        <li key={kind}>
          <svg width="18" height="14" viewBox="0 0 18 14">
            <Patterns id="legend" />
            <Shape
              kind={kind}
              x={1}
              width={16}
              y={kind === 'gap' ? 0 : 2}
              height={kind === 'gap' ? 14 : 10}
              of="legend"
            />
          </svg>
          {texts.legend[kind]}
        </li>
      ))}
    </ul>
  )
}

function toldOf(lanes: readonly Lane[], lit: string): string | undefined {
  for (const lane of lanes)
    for (const span of lane.spans) if (span.id === lit) return `${lane.title}: ${spanWords(span)}`
  return undefined
}

function spanWords(span: Span): string {
  const { kind, from, to, reason = '', partition } = span
  const where = partition === undefined ? '' : `${partition}, `
  const why = texts.reasons[reason]
  const todo = texts.todo[reason]
  return [
    `${where}${texts.kinds[kind].toLowerCase()}, ${shown(from, to)} to ${shown(to, from)} UTC, ${duration(to - from)}.`,
    why,
    todo,
  ]
    .filter(Boolean)
    .join(' ')
}

/** Short spans are told to the millisecond, long ones to the minute. */
function shown(time: number, other: number): string {
  return Math.abs(time - other) < 60_000 ? exact(time) : minute(time)
}

type DrawingProps = Props & {
  readonly lanes: readonly Lane[]
  readonly begin: number
  readonly lit: string
  readonly light: (id: string) => void
}

function Drawing({ account, coverage, lanes, months, begin, now, lit, light }: DrawingProps) {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const sizes = new ResizeObserver(() => setWidth(element.clientWidth))
    sizes.observe(element)
    return () => sizes.disconnect()
  }, [])
  const isNarrow = width < 600
  const hasStub = lanes.some(({ spans }) => spans.some(({ from }) => from < begin))
  const left = (isNarrow ? 0 : sizes.labels) + (hasStub ? sizes.stub : 0)
  const right = isNarrow ? 0 : 72
  const drawn = Math.max(40, width - left - right - 4)
  const x = scale(begin, now, drawn)
  const laneHeight = sizes.pin + sizes.bar + sizes.months + 8 + (isNarrow ? 18 : 0)
  const height = lanes.length * laneHeight + sizes.axis
  const closings = account.exchange.closing
    .map(({ at, what }) => ({ at: Date.parse(at), what }))
    .filter(({ at }) => at >= begin && at <= now)
  const over = (event: Event) => {
    const id = event.target instanceof Element ? event.target.getAttribute('data-span') : null
    if (id !== null) light(id)
  }
  return (
    <div ref={box} class="drawing">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={texts.summary(accountName(account), coverage.sentences)}
          onPointerOver={over}
          onClick={over}
        >
          <Patterns id="drawing" />
          {lanes.map((lane, place) => {
            const top = place * laneHeight + (isNarrow ? 18 : 0)
            const rows = [...account.streams, ...(account.files?.streams ?? [])].find(
              ({ stream }) => stream === lane.stream,
            )?.rows
            const own = months.filter(({ stream, to }) => stream === lane.stream && Date.parse(to) > begin)
            const fullest = own.reduce((most, month) => Math.max(most, month.rows), 1)
            return (
              <g key={lane.id} transform={`translate(0 ${top})`}>
                <text class="lane-title" x="0" y={isNarrow ? -2 : sizes.pin + 11}>
                  {isNarrow && rows !== undefined ? `${lane.title} · ${words.rows(rows)}` : lane.title}
                </text>
                {!isNarrow && rows !== undefined && (
                  <text class="lane-count" x={width} y={sizes.pin + 11} text-anchor="end">
                    {count(rows)}
                  </text>
                )}
                {hasStub && <Stub lane={lane} begin={begin} x={left - sizes.stub} lit={lit} />}
                <g transform={`translate(${left} ${sizes.pin})`}>
                  <rect class="lane" x="0" y="0" width={drawn} height={sizes.bar} />
                  {[...lane.spans]
                    .filter(({ to }) => to > begin)
                    .sort(attestedLast)
                    .map((span) => {
                      const isGap = span.kind === 'gap'
                      const top = besideTop(span, lane)
                      return (
                        <Shape
                          key={span.id}
                          kind={span.kind}
                          x={x(span.from)}
                          width={x(span.to) - x(span.from)}
                          y={isGap ? -3 : top}
                          height={sizes.bar - top + (isGap ? 6 : 0)}
                          of="drawing"
                          id={span.id}
                          isLit={span.id === lit}
                        />
                      )
                    })}
                  {pinsOf(
                    lane.spans.filter(({ to }) => to > begin),
                    x,
                    now,
                  ).map((pin) => (
                    <g
                      key={pin.x}
                      class={`pin ${pin.spans[0]?.kind ?? ''}`}
                      transform={`translate(${pin.x} -4)`}
                    >
                      <title>{texts.pinned(pin.spans.length)}</title>
                      <path d="M0 0-5-8H5z" data-span={pin.spans[0]?.id} />
                      {pin.spans.length > 1 && (
                        <text x="7" y="-1">
                          {pin.spans.length}
                        </text>
                      )}
                    </g>
                  ))}
                  {own.map(({ from, to, rows }) => {
                    const [start, end] = [x(Date.parse(from)), x(Date.parse(to))]
                    const tall = Math.max(1, (rows / fullest) * (sizes.months - 2))
                    return (
                      <rect
                        key={from}
                        class="month"
                        x={start}
                        width={Math.max(0.5, end - start - 1)}
                        y={sizes.bar + 3 + sizes.months - tall - 2}
                        height={tall}
                      >
                        <title>{texts.rowsIn(rows, Date.parse(from), Date.parse(to))}</title>
                      </rect>
                    )
                  })}
                </g>
              </g>
            )
          })}
          <g transform={`translate(${left} 0)`}>
            {closings.map(({ at, what }) => (
              <line key={at} class="closing" x1={x(at)} x2={x(at)} y1="0" y2={height - sizes.axis}>
                <title>
                  {day(at)}: {what}
                </title>
              </line>
            ))}
            {ticksOf(begin, now, drawn).map(({ at, label }) => (
              <g key={at} transform={`translate(${x(at)} ${height - sizes.axis})`}>
                <line class="tick" y1="0" y2="4" />
                {x(at) < drawn - 64 && (
                  <text class="tick-text" x="2" y="15">
                    {label}
                  </text>
                )}
              </g>
            ))}
            <text class="tick-text" x={drawn} y={height - 5} text-anchor="end">
              {texts.now}
            </text>
          </g>
          {hasStub && (
            <text class="tick-text" x={left - sizes.stub} y={height - 5}>
              {texts.older}
            </text>
          )}
        </svg>
      )}
    </div>
  )
}

/** What a file attests is drawn over what is missing of the same time, in part of its height: neither hides the other. */
function attestedLast(a: Span, b: Span): number {
  return Number(a.kind === 'attested') - Number(b.kind === 'attested')
}

function besideTop({ kind, from, to }: Span, lane: Lane): number {
  if (kind !== 'attested') return 0
  const isAlone = !lane.spans.some((one) => one.kind !== 'attested' && one.from < to && one.to > from)
  return isAlone ? 0 : sizes.bar - sizes.beside
}

/** All that is older than the drawing, as one piece behind a break: it is not to scale, and says so by its break. */
function Stub({ lane, begin, x, lit }: { lane: Lane; begin: number; x: number; lit: string }) {
  const older = lane.spans.filter(({ from }) => from < begin)
  const worst = older.at(-1)
  const attested = older.find(({ kind }) => kind === 'attested')
  if (worst === undefined) return null
  return (
    <g transform={`translate(${x} ${sizes.pin})`}>
      <Shape
        kind={worst.kind}
        x={0}
        width={sizes.stub - 8}
        y={0}
        height={sizes.bar}
        of="drawing"
        id={worst.id}
        isLit={worst.id === lit}
      />
      {attested !== undefined && attested !== worst && (
        <Shape
          kind="attested"
          x={0}
          width={sizes.stub - 8}
          y={sizes.bar - sizes.beside}
          height={sizes.beside}
          of="drawing"
          id={attested.id}
          isLit={attested.id === lit}
        />
      )}
      <path class="break" d={`M${sizes.stub - 6} -2l-3 6 4 5-3 7M${sizes.stub - 2} -2l-3 6 4 5-3 7`} />
    </g>
  )
}

function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`hatch-${id}`} width="6" height="6" patternUnits="userSpaceOnUse">
        <path class="hatch" d="M-1 1 1-1M0 6 6 0M5 7 7 5" />
      </pattern>
      <pattern id={`stripes-${id}`} width="4" height="4" patternUnits="userSpaceOnUse">
        <path class="stripe" d="M1 0V4" />
      </pattern>
      <pattern id={`cross-${id}`} width="7" height="7" patternUnits="userSpaceOnUse">
        <path class="cross" d="M1 1 6 6M6 1 1 6" />
      </pattern>
    </defs>
  )
}

type ShapeProps = {
  readonly kind: Span['kind']
  readonly x: number
  readonly width: number
  readonly y: number
  readonly height: number
  readonly of: string
  readonly id?: string
  readonly isLit?: boolean
}

/** Each kind has a form of its own: colour never speaks alone. */
function Shape({ kind, x, width, y, height, of, id, isLit }: ShapeProps) {
  if (width <= 0) return null
  const frame = { x, y, width, height, 'data-span': id }
  const lit = isLit ? ' lit' : ''
  if (kind === 'settling')
    return <rect {...frame} y={y + height / 2 - 1} height={2} class={`settling${lit}`} />
  if (kind === 'unverified' || kind === 'gap' || kind === 'attested')
    return (
      <g class={`${kind}${lit}`}>
        <rect {...frame} class="ground" />
        {width >= 4 && <rect {...frame} fill={`url(#${patterns[kind]}-${of})`} />}
      </g>
    )
  return <rect {...frame} class={`${kind}${lit}`} />
}

const patterns = { unverified: 'hatch', gap: 'cross', attested: 'stripes' } as const

const mostShown = 500

function SpanTable({
  account,
  lanes,
  lit,
  light,
}: Pick<DrawingProps, 'account' | 'lanes' | 'lit' | 'light'>) {
  const spans = lanes.flatMap((lane) =>
    [...lane.spans].sort((a, b) => b.from - a.from).map((span) => ({ lane, span })),
  )
  const uncounted =
    lanes.reduce((sum, lane) => sum + lane.uncounted, 0) + Math.max(0, spans.length - mostShown)
  /** Up and down from row to row, as in any list. */
  function press(event: KeyboardEvent) {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by === 0 || !(event.currentTarget instanceof HTMLElement)) return
    const links = [...event.currentTarget.querySelectorAll('a')]
    const at = links.findIndex((link) => link.matches(':focus'))
    const next = links[at + by]
    if (next === undefined) return
    event.preventDefault()
    next.focus()
  }
  const address = (lane: Lane, { from, to }: Span) =>
    `#/transactions?${new URLSearchParams({
      connection: account.connection.id,
      stream: lane.stream,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    })}`
  return (
    <details class="spans">
      <summary>{texts.table(spans.length)}</summary>
      <Table label={connectionWords.coverage} columns={texts.columns}>
        <tbody onKeyDown={press}>
          {spans.slice(0, mostShown).map(({ lane, span }) => (
            <tr key={span.id} class={span.id === lit ? 'lit' : ''} onPointerMove={() => light(span.id)}>
              <th scope="row">
                {lane.title}
                {span.partition !== undefined && `, ${span.partition}`}
              </th>
              <td class={`kind-${span.kind}`}>{texts.kinds[span.kind]}</td>
              <td>{exact(span.from)}</td>
              <td>{exact(span.to)}</td>
              <td>{duration(span.to - span.from)}</td>
              <td class="why">
                {texts.reasons[span.reason ?? '']} {texts.todo[span.reason ?? '']}
              </td>
              <td>
                <a href={address(lane, span)} onFocus={() => light(span.id)}>
                  {texts.show}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      {uncounted > 0 && <p class="soft">{texts.uncounted(uncounted)}</p>}
    </details>
  )
}
