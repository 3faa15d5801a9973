import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Account, Transaction, TransactionPage } from '../answers.ts'
import { ask, sentenceOf } from '../ask.ts'
import {
  around,
  atBottom,
  atTop,
  bounds,
  type Counted,
  type Cursor,
  isFull,
  type RowWindow,
  rowAt,
  timeOf,
  withPage,
} from '../row-window.ts'
import { exact, local } from '../show-exact.ts'
import { transactionWords } from '../words/transactions.ts'
import { accountName } from '../words.ts'
import { announce } from './announce.tsx'
import { Button, Failure } from './controls.tsx'
import { useNarrow } from './narrow.ts'

const texts = transactionWords

/** A time in which rows are missing, and what to say of it. */
export type MissingTime = { readonly to: number; readonly words: string }

type Props = {
  readonly accounts: readonly Account[]
  /** What is asked for, as the API takes it. */
  readonly filter: URLSearchParams
  /** How many rows there are of which time; undefined where nobody has counted what is asked for. */
  readonly counts: readonly Counted[] | undefined
  readonly missing: readonly MissingTime[]
  readonly open: (id: string) => void
  /** Says how many rows there are. */
  readonly tell: (many: number, how: HowMany) => void
  /** What stands in the place of no rows. */
  readonly empty: () => string
}

/** All that there are, or about as many, or so many so far. */
export type HowMany = 'all' | 'about' | 'atLeast'

const pageSize = 500
const overscan = 8
/** Rows from an end of what is at hand at which more is asked for. */
const near = 60

/** Rows of any number, of which only those that are seen are in the page. */
export function RowGrid({ accounts, filter, counts, missing, open, tell, empty }: Props) {
  const isNarrow = useNarrow()
  const rowHeight = isNarrow ? 56 : 36
  const box = useRef<HTMLDivElement>(null)
  const counted = counts?.reduce((sum, { rows }) => sum + rows, 0)
  // Of a month that is cut it is not known how many of its rows are within.
  const isCut = filter.has('from') || filter.has('to')
  const howMany = counted === undefined ? 'atLeast' : isCut ? 'about' : 'all'
  const [rows, setRows] = useState<RowWindow>(() => atTop(counted ?? 0, Date.now()))
  const [seen, setSeen] = useState({ top: 0, height: 600 })
  const [at, setAt] = useState(0)
  const [problem, setProblem] = useState('')
  const [searched, setSearched] = useState<string | undefined>(undefined)
  const [isLoaded, setLoaded] = useState(false)
  const asked = useRef({ stop: new AbortController(), older: false, newer: false })
  const shift = useRef(0)
  const focus = useRef(false)
  const pages = useRef(0)

  const first = Math.max(0, Math.floor(seen.top / rowHeight) - overscan)
  const last = Math.min(rows.total, Math.ceil((seen.top + seen.height) / rowHeight) + overscan)

  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    let frame = 0
    const look = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0
        setSeen({ top: element.scrollTop, height: element.clientHeight })
      })
    }
    const sizes = new ResizeObserver(look)
    sizes.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      cancelAnimationFrame(frame)
      sizes.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  useEffect(() => () => asked.current.stop.abort(), [])

  // Rows that turned out to stand elsewhere do not jump under the eye.
  useLayoutEffect(() => {
    if (shift.current === 0 || box.current === null) return
    box.current.scrollTop += shift.current * rowHeight
    shift.current = 0
  }, [rows])
  useLayoutEffect(() => {
    if (!focus.current) return
    const row = box.current?.querySelector<HTMLElement>(`[data-row="${at}"]`)
    if (row === null || row === undefined) return
    focus.current = false
    row.focus({ preventScroll: true })
  })

  const { total, olderCursor: older, newerCursor: newer } = rows
  useEffect(
    () => tell(total, older === undefined && newer === undefined ? 'all' : howMany),
    [total, older, newer],
  )

  function begin(next: RowWindow) {
    asked.current.stop.abort()
    asked.current = { stop: new AbortController(), older: false, newer: false }
    setRows(next)
  }

  async function load(side: 'older' | 'newer', cursor: Cursor) {
    const now = asked.current
    if (now[side]) return
    now[side] = true
    try {
      pages.current += 1
      const page = await ask<TransactionPage>(addressOf(filter, side, cursor), { signal: now.stop.signal })
      setProblem('')
      setLoaded(true)
      setSearched(page.searchedUntil)
      setRows((before) => {
        const { window: grown, moved } = withPage(before, side, page)
        if (Math.floor(seen.top / rowHeight) > 0) shift.current += moved
        return grown
      })
    } catch (error) {
      if (!now.stop.signal.aborted) setProblem(sentenceOf(error))
    } finally {
      now[side] = false
    }
  }

  useEffect(() => {
    if (problem !== '') return
    const known = bounds(rows)
    const isAway = last < known.first - near || first > known.last + near
    if (isAway && counts !== undefined) {
      if (last >= rows.total - near) return begin(atBottom(rows.total))
      if (first < near) return begin(atTop(rows.total, Date.now()))
      return begin(around(rows.total, first, timeOf(counts, first)))
    }
    if (isFull(rows) && (last > known.last - near || first < known.first + near)) {
      const row = rowAt(rows, first)
      if (row !== undefined && counts !== undefined)
        return begin(around(rows.total, first, Date.parse(row.time)))
    }
    // Where few rows fit, whoever waits decides whether to look further.
    const isSparse = searched !== undefined
    if (last + near > known.last && rows.olderCursor !== undefined && !isSparse)
      void load('older', rows.olderCursor)
    if (first - near < known.first && rows.newerCursor !== undefined) void load('newer', rows.newerCursor)
  }, [first, last, rows, problem, searched])

  const move: Readonly<Record<string, (from: number) => number>> = {
    ArrowDown: (from) => from + 1,
    ArrowUp: (from) => from - 1,
    PageDown: (from) => from + Math.floor(seen.height / rowHeight) - 2,
    PageUp: (from) => from - Math.floor(seen.height / rowHeight) + 2,
    Home: () => 0,
    End: () => rows.total - 1,
  }
  function press(event: KeyboardEvent) {
    const row = rowAt(rows, at)
    if (
      event.key === 'Enter' &&
      row !== undefined &&
      event.target instanceof HTMLElement &&
      event.target.dataset.row
    )
      return open(row.id)
    const wanted = move[event.key]?.(at)
    const element = box.current
    if (wanted === undefined || element === null || rows.total === 0) return
    event.preventDefault()
    const to = Math.min(rows.total - 1, Math.max(0, wanted))
    const head = isNarrow ? 0 : 36
    const top = to * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight + head > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight + head - element.clientHeight
    setSeen({ top: element.scrollTop, height: element.clientHeight })
    focus.current = true
    setAt(to)
  }

  if (isLoaded && rows.total === 0)
    return (
      <div class="notice">
        <p>{empty()}</p>
      </div>
    )
  const names = new Map(accounts.map((account) => [account.connection.id, accountName(account)]))
  const hasAccounts = accounts.length > 1
  const columns = texts.columns.filter((_, place) => hasAccounts || place !== 1)
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, place) => first + place)
  const failure = problem !== '' && <Failure sentence={problem} again={() => setProblem('')} />
  // Below the rows that are there; where there are none, grey lines would hide it.
  const isBare = shown.every((index) => rowAt(rows, index) === undefined)
  return (
    <>
      {isBare && failure}
      <div class="grid" ref={box} onKeyDown={press} data-pages={pages.current}>
        <table role="table" aria-label={texts.table} aria-rowcount={rows.total + 1}>
          <thead role="rowgroup">
            <tr role="row" aria-rowindex={1}>
              {columns.map((name) => (
                <th key={name} scope="col" role="columnheader" class={widths[name]}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            <Space height={first * rowHeight} />
            {shown.map((index) => {
              const row = rowAt(rows, index)
              const gap = row === undefined ? undefined : gapBelow(missing, row, rowAt(rows, index + 1))
              return (
                <tr
                  key={index}
                  role="row"
                  class={gap === undefined ? 'row' : 'row gap-after'}
                  data-row={index}
                  aria-rowindex={index + 2}
                  tabIndex={
                    index === Math.min(at, rows.total - 1) || (index === first && (at < first || at >= last))
                      ? 0
                      : -1
                  }
                  onFocus={() => setAt(index)}
                  onClick={() => row !== undefined && open(row.id)}
                >
                  {row === undefined ? (
                    <td role="cell" colSpan={columns.length}>
                      <span class="bone" />
                    </td>
                  ) : isNarrow ? (
                    <NarrowCells row={row} gap={gap} />
                  ) : (
                    <Cells
                      row={row}
                      gap={gap}
                      account={hasAccounts ? names.get(row.connection) : undefined}
                    />
                  )}
                </tr>
              )
            })}
            <Space height={Math.max(0, rows.total - last) * rowHeight} />
          </tbody>
        </table>
      </div>
      {!isBare && failure}
      {searched !== undefined && rows.olderCursor !== undefined && (
        <p class="actions">
          <span class="soft">{texts.searched(searched)}</span>
          <Button
            onClick={() => {
              const { olderCursor } = rows
              if (olderCursor !== undefined)
                void load('older', olderCursor).then(() => announce(texts.atLeast(rows.total)))
            }}
          >
            {texts.goOn}
          </Button>
        </p>
      )}
    </>
  )
}

const widths: Readonly<Record<string, string>> = {
  [texts.columns[0]]: 'w-time',
  [texts.columns[1]]: 'w-account',
  [texts.columns[2]]: 'w-kind',
  [texts.columns[3]]: 'w-market',
  [texts.columns[4]]: 'w-what',
  [texts.columns[5]]: 'amount w-price',
  [texts.columns[6]]: 'amount',
  [texts.columns[7]]: 'amount',
  [texts.columns[8]]: 'w-status',
}

/** What fills the place of rows that are not seen. */
function Space({ height }: { height: number }) {
  return (
    <tr class="space" role="presentation" aria-hidden="true">
      <td role="presentation" style={{ height: `${height}px` }} />
    </tr>
  )
}

function addressOf(filter: URLSearchParams, side: 'older' | 'newer', cursor: Cursor): string {
  const query = new URLSearchParams(filter)
  query.set('raw', 'none')
  query.set('limit', String(pageSize))
  query.set('order', side === 'older' ? 'desc' : 'asc')
  if ('after' in cursor) query.set('cursor', cursor.after)
  else if (side === 'older') {
    const to = Math.min(cursor.begin, time(filter.get('to')) ?? Number.MAX_SAFE_INTEGER)
    // What is newer than this page's own clock is history as well.
    if (filter.has('to') || Date.now() - cursor.begin > 60_000) query.set('to', new Date(to).toISOString())
  } else query.set('from', new Date(Math.max(cursor.begin, time(filter.get('from')) ?? 0)).toISOString())
  return `/v1/transactions?${query}`
}

function time(text: string | null): number | undefined {
  const parsed = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(parsed) ? undefined : parsed
}

function gapBelow(
  missing: readonly MissingTime[],
  row: Transaction,
  next: Transaction | undefined,
): string | undefined {
  const newer = Date.parse(row.time)
  const older = next === undefined ? Number.NEGATIVE_INFINITY : Date.parse(next.time)
  const found = missing.filter(({ to }) => to <= newer && to > older)
  return found.length === 0 ? undefined : found.map(({ words }) => words).join(' ')
}

function what({ side, type, position }: Transaction): string {
  return [position, side ?? type].filter(Boolean).join(' ')
}

function amountOf({ amount, base, currency, contracts }: Transaction): string {
  if (amount === undefined) return contracts === undefined ? '' : `${contracts} contracts`
  return `${amount} ${base ?? currency ?? ''}`
}

function feeOf({ fee, feeCurrency = '' }: Transaction): string {
  return fee === undefined ? '' : `${fee} ${feeCurrency}`
}

type CellProps = { readonly row: Transaction; readonly gap: string | undefined }

function Cells({ row, gap, account }: CellProps & { account: string | undefined }) {
  const status = row.missingSince === undefined ? (row.status ?? '') : texts.names.missingSince
  return (
    <>
      <td role="cell" title={texts.localTime(local(row.time))}>
        {exact(row.time)}
      </td>
      {account !== undefined && <td role="cell">{account}</td>}
      <td role="cell">{texts.kinds[row.stream]}</td>
      <td role="cell" title={row.symbol ?? row.currency ?? ''}>
        {row.symbol ?? row.currency ?? ''}
      </td>
      <td role="cell" class={row.side === undefined ? '' : `side-${row.side}`}>
        {what(row)}
      </td>
      <td role="cell" class="amount">
        {row.price ?? ''}
      </td>
      <td role="cell" class="amount" title={amountOf(row)}>
        {amountOf(row)}
      </td>
      <td role="cell" class="amount" title={feeOf(row)}>
        {feeOf(row)}
      </td>
      <td role="cell">
        {status}
        {gap !== undefined && <GapLabel gap={gap} />}
      </td>
    </>
  )
}

/** Stands between the row and the older one below it. */
function GapLabel({ gap }: { gap: string }) {
  return (
    <span class="gap-label" title={gap}>
      {gap}
    </span>
  )
}

/** Two lines, since a phone is narrow. */
function NarrowCells({ row, gap }: CellProps) {
  return (
    <>
      <td role="cell">
        <span class={row.side === undefined ? '' : `side-${row.side}`}>
          {what(row) || texts.kinds[row.stream]}
        </span>{' '}
        {row.symbol ?? row.currency ?? ''}
      </td>
      <td role="cell" class="amount">
        {amountOf(row)}
      </td>
      <td role="cell" class="soft">
        {exact(row.time).slice(0, 19)}
      </td>
      <td role="cell" class="amount soft">
        {row.price ?? row.status ?? ''}
        {gap !== undefined && <GapLabel gap={gap} />}
      </td>
    </>
  )
}
