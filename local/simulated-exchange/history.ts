import type { Call, Outcome } from './exchange.ts'
import { type PageOrder, serveLaterPage, servePage } from './page.ts'
import { rowsBetween } from './row-index.ts'

/** What a call of a history may be read with, whichever exchange it is. */
type Asked<Account> = Pick<
  Call<
    Account,
    unknown,
    { readonly page: PageOrder; readonly pageCap?: number; readonly garble?: (row: unknown) => unknown }
  >,
  'params' | 'account' | 'now' | 'options' | 'random'
>

/**
 * What the ends of a time filter mean. `inclusive`: the whole unit is part of the answer, `exclusive`: none of it is.
 * `milliseconds`: the end is an instant, though it was told in seconds: of an upper end's unit that instant is part of
 * the answer, of a lower end's unit all but that instant.
 */
export const ends = ['inclusive', 'exclusive', 'milliseconds'] as const
export type End = (typeof ends)[number]

/**
 * The answer to a window that begins more than an hour before the look-back: `clipped`, the rows that are young enough;
 * `empty`, no row at all; `refused`, an error; `newest`, the newest rows of all, whatever was asked.
 */
export const beyonds = ['clipped', 'empty', 'refused', 'newest'] as const
export type Beyond = (typeof beyonds)[number]

/** How an exchange takes a question, where its documents leave that open. */
export type Reading = {
  readonly lowerEnd: End
  readonly upperEnd: End
  /** Whether a question may end where it begins. */
  readonly emptySpan?: 'served' | 'refused'
  /** Milliseconds. Older rows are not served. */
  readonly lookBack: number
  readonly beyond: Beyond
  /** Milliseconds that the filter compares, where that is not the unit in which it is told. */
  readonly grain?: number
}

/** An endpoint that serves the rows of a window, as data. Times are in milliseconds unless in `unit`. */
export type History<Account, Row, Question extends Asked<Account>, Code> = {
  readonly rows: (account: Account) => readonly Row[]
  readonly timeOf: (row: Row) => number
  readonly from: string
  readonly to: string
  /** Milliseconds of one unit of the time filter. */
  readonly unit: 1 | 1000
  /** What is served when no time is given; `required`: it must be. */
  readonly defaultSpan: number | 'required'
  readonly reading: (call: Question) => Reading
  readonly tooWide: (span: number, call: Question) => boolean
  /** How many rows an answer has at most, and how many were on the pages before it; undefined where that is malformed. */
  readonly page: (call: Question) => { readonly cap: number; readonly skip?: number } | undefined
  /** Undefined: the filters are not acceptable. */
  readonly keep: (call: Question) => ((row: Row) => boolean) | undefined
  /** What else a question is refused for, before its age is looked at. */
  readonly refuses?: (window: Window, call: Question) => Code | undefined
  readonly codes: {
    readonly malformed: Code
    readonly reversed: Code
    readonly tooWide: Code
    readonly tooOld: Code
  }
}

/** Milliseconds, as they were asked for. */
export type Window = { readonly begin: number; readonly end: number }

/** Time that passes between a caller's "as far back as you serve" and our hearing it. */
const tolerance = 3_600_000

/** The rows of the window that was asked for, as they are or as `shown`; or why they are not served. */
function readHistory<Account, Row, Question extends Asked<Account>, Code>(
  history: History<Account, Row, Question, Code>,
  call: Question,
): { readonly page: readonly Row[] } | { readonly refused: Code } {
  const { now, options } = call
  const { unit, codes } = history
  const page = history.page(call)
  const keep = history.keep(call)
  const window = windowOf(history, call)
  if (page === undefined || keep === undefined || window === undefined) return { refused: codes.malformed }
  const reading = history.reading(call)
  const { begin, end } = window
  if (begin > end || (begin === end && reading.emptySpan === 'refused')) return { refused: codes.reversed }
  if (history.tooWide(end - begin, call)) return { refused: codes.tooWide }
  const refused = history.refuses?.(window, call)
  if (refused !== undefined) return { refused }

  const oldest = now - reading.lookBack
  const tooOld = begin < oldest - tolerance
  if (tooOld && reading.beyond === 'refused') return { refused: codes.tooOld }
  if (tooOld && reading.beyond === 'empty') return { page: [] }
  const cap = Math.min(page.cap, options.pageCap ?? page.cap)
  const rows = history.rows(call.account)
  if (tooOld && reading.beyond === 'newest')
    return {
      page: servePage(
        rowsBetween(rows, history.timeOf, Number.NEGATIVE_INFINITY, now, keep).slice(-cap),
        cap,
        options.page,
        call.random,
      ),
    }
  const grain = reading.grain ?? unit
  const whole = (time: number) => Math.floor(time / grain) * grain
  const first = Math.max(whole(begin) + firstOf[reading.lowerEnd](grain), oldest)
  const last = whole(end) + lastOf[reading.upperEnd](grain)
  const found = rowsBetween(rows, history.timeOf, first, last, keep)
  return {
    page:
      page.skip === undefined
        ? servePage(found, cap, options.page, call.random)
        : serveLaterPage(found, cap, options.page, page.skip),
  }
}

export function serveHistory<Account, Row, Question extends Asked<Account>, Code>(
  history: History<Account, Row, Question, Code>,
  call: Question,
  shown?: (row: Row) => unknown,
): Outcome<Code> {
  const read = readHistory(history, call)
  if ('refused' in read) return read
  const { garble = (row) => row } = call.options
  return served(shown === undefined ? read.page.map(garble) : read.page.map(shown))
}

function windowOf<Account, Row, Question extends Asked<Account>, Code>(
  { from, to, unit, defaultSpan }: History<Account, Row, Question, Code>,
  call: Question,
): Window | undefined {
  if (defaultSpan === 'required') {
    const begin = wholeNumber(call, from, Number.NaN)
    const end = wholeNumber(call, to, Number.NaN)
    if (begin === undefined || end === undefined || Number.isNaN(begin + end)) return undefined
    return { begin: begin * unit, end: end * unit }
  }
  const end = wholeNumber(call, to, Math.floor(call.now / unit))
  if (end === undefined) return undefined
  const begin = wholeNumber(call, from, end - Math.floor(defaultSpan / unit))
  return begin === undefined ? undefined : { begin: begin * unit, end: end * unit }
}

/** The first and the last millisecond of an answer, counted from that at which the unit of its end begins. */
const firstOf = {
  inclusive: () => 0,
  exclusive: (unit: number) => unit,
  milliseconds: () => 1,
} as const
const lastOf = {
  inclusive: (unit: number) => unit - 1,
  exclusive: () => -1,
  milliseconds: () => 0,
} as const

export function served(rows: readonly unknown[]): {
  readonly data: readonly unknown[]
  readonly rows: number
} {
  return { data: rows, rows: rows.length }
}

type Parameters = { readonly params: Readonly<Record<string, string>> }

/** The parameter as a whole number, `otherwise` where it is absent, undefined where it is not a number. */
export function wholeNumber({ params }: Parameters, name: string, otherwise: number): number | undefined {
  const text = params[name]
  if (text === undefined) return otherwise
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** A size between 1 and `most`; undefined where the parameter is anything else. */
export function pageSize(
  call: Parameters,
  name: string,
  most: number,
  otherwise: number,
): number | undefined {
  const size = wholeNumber(call, name, otherwise)
  return size === undefined || size < 1 || size > most ? undefined : size
}

/** Whether a row has the value that the parameter asks for; any value where it is absent. */
export function matches({ params }: Parameters, name: string, value: string): boolean {
  const wanted = params[name]
  return wanted === undefined || wanted === value
}

const day = 86_400_000
export const week = 7 * day
export const quarter = 90 * day
