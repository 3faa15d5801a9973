import type { SimulatedAccount } from './account.ts'
import type { Code } from './codes.ts'
import type { SimulatorOptions } from './options.ts'
import { servePage } from './page.ts'
import type { Random } from './random.ts'
import { rowsBetween } from './row-index.ts'

/** One call of an endpoint. Parameters have the names that the caller wrote: other spellings are not read. */
export type Call = {
  readonly params: Readonly<Record<string, string>>
  readonly account: SimulatedAccount
  readonly options: SimulatorOptions
  /** The server's time, epoch milliseconds. */
  readonly now: number
  readonly random: Random
}

export type Outcome = { readonly code: 1000; readonly data: unknown; readonly rows?: number } | { code: Code }

const day = 86_400_000
/** Time that passes between a caller's "as far back as you serve" and our hearing it. */
const tolerance = 3_600_000

/** An endpoint that serves the rows of a window, as data. Times are in milliseconds unless in `unit`. */
export type History<Row> = {
  readonly rows: (account: SimulatedAccount) => readonly Row[]
  readonly timeOf: (row: Row) => number
  readonly from: string
  readonly to: string
  /** Milliseconds of one unit of the time filter. */
  readonly unit: 1 | 1000
  /** What is served when no time is given. */
  readonly defaultSpan: number
  readonly lookBack: keyof SimulatorOptions['lookBack']
  readonly tooWide: (span: number, options: SimulatorOptions) => boolean
  readonly cap: (call: Call) => number | undefined
  /** Undefined: the filters are not acceptable. */
  readonly keep: (call: Call) => ((row: Row) => boolean) | undefined
  readonly codes: {
    readonly malformed: Code
    readonly reversed: Code
    readonly tooWide: Code
    readonly tooOld: Code
  }
}

/** The rows of the window that was asked for, as they are or as `shown`. */
export function serveHistory<Row>(history: History<Row>, call: Call, shown?: (row: Row) => unknown): Outcome {
  const { options, now } = call
  const { unit, codes } = history
  const cap = history.cap(call)
  const keep = history.keep(call)
  const end = wholeNumber(call, history.to, Math.floor(now / unit))
  if (cap === undefined || keep === undefined || end === undefined) return { code: codes.malformed }
  const begin = wholeNumber(call, history.from, end - Math.floor(history.defaultSpan / unit))
  if (begin === undefined) return { code: codes.malformed }
  if (begin > end || (begin === end && options.emptySpan === 'refused')) return { code: codes.reversed }
  if (history.tooWide((end - begin) * unit, options)) return { code: codes.tooWide }

  if (options.refusesFuture && end * unit > now) return { code: codes.tooOld }
  if (now < (options.strangeUntil ?? 0) && end * unit < now - quarter) return { code: 59999 }

  const oldest =
    now >= (options.archiveOpensAt ?? Number.POSITIVE_INFINITY) ? 0 : now - options.lookBack[history.lookBack]
  if (begin * unit < oldest - tolerance) {
    if (options.beyondLookBack === 'refused') return { code: codes.tooOld }
    if (options.beyondLookBack === 'empty') return served([])
  }
  const first = Math.max(begin * unit + firstOf[options.lowerEnd](unit), oldest)
  const last = end * unit + lastOf[options.upperEnd](unit)
  const rows = rowsBetween(history.rows(call.account), history.timeOf, first, last, keep)
  const page = servePage(rows, Math.min(cap, options.pageCap ?? cap), options.page, call.random)
  const { garble = (row) => row } = options
  return served(shown === undefined ? page.map(garble) : page.map(shown))
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

export function served(rows: readonly unknown[]): Outcome {
  return { code: 1000, data: rows, rows: rows.length }
}

/** The parameter as a whole number, `otherwise` where it is absent, undefined where it is not a number. */
export function wholeNumber(call: Call, name: string, otherwise: number): number | undefined {
  const text = call.params[name]
  if (text === undefined) return otherwise
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** A size between 1 and `most`; undefined where the parameter is anything else. */
export function pageSize(call: Call, name: string, most: number, otherwise: number): number | undefined {
  const size = wholeNumber(call, name, otherwise)
  return size === undefined || size < 1 || size > most ? undefined : size
}

/** Whether a row has the value that the parameter asks for; any value where it is absent. */
export function matches(call: Call, name: string, value: string): boolean {
  const wanted = call.params[name]
  return wanted === undefined || wanted === value
}

export const week = 7 * day
export const quarter = 90 * day
