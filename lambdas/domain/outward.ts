import type { Connection } from './connection.ts'
import type { Change, Transaction } from './transaction.ts'
import { day, hour, minute } from './window.ts'

/** What of a connection is part of each of its transactions. */
export type Origin = Pick<Connection, 'id' | 'exchange' | 'subaccount'>

/**
 * The id of a transaction outside, one for one with the key it is stored under: an id that an exchange gave twice, years apart, is
 * of two transactions.
 */
function outwardId(origin: Pick<Origin, 'id'>, { stream, time, identity }: Transaction): string {
  return `${origin.id}:${stream}:${time}:${identity}`
}

/**
 * A transaction under the names of the outward contract, in its order; fields without meaning are undefined.
 * `raw` is left out, because only `transactionJson` can carry it without touching its number literals.
 */
export function describeTransaction(connection: Origin, transaction: Transaction): Record<string, unknown> {
  return {
    id: outwardId(connection, transaction),
    connection: connection.id,
    exchange: connection.exchange,
    subaccount: connection.subaccount === '' ? undefined : connection.subaccount,
    stream: transaction.stream,
    time: isoTime(transaction.time),
    symbol: transaction.symbol,
    base: transaction.base,
    quote: transaction.quote,
    side: transaction.side,
    price: transaction.price,
    amount: transaction.amount,
    quoteAmount: transaction.quoteAmount,
    fee: transaction.fee,
    feeCurrency: transaction.feeCurrency,
    role: transaction.role,
    orderId: transaction.orderId,
    tradeId: transaction.tradeId,
    orderMode: transaction.orderMode,
    contracts: transaction.contracts,
    contractSize: transaction.contractSize,
    position: transaction.position,
    realizedPnl: transaction.realizedPnl,
    account: transaction.account,
    currency: transaction.currency,
    network: transaction.network,
    address: transaction.address,
    txId: transaction.txId,
    status: transaction.status,
    type: transaction.type,
    movedTo: transaction.movedTo === undefined ? undefined : isoTime(transaction.movedTo),
    missingSince: transaction.missingSince === undefined ? undefined : isoTime(transaction.missingSince),
    unreadableSince:
      transaction.unreadableSince === undefined ? undefined : isoTime(transaction.unreadableSince),
    unreadableRaw: transaction.unreadableRaw,
    history: transaction.history?.map(describeChange),
    source: transaction.source,
    precision: transaction.precision,
    derived: transaction.derived,
  }
}

function describeChange({ until, time, missingSince, ...said }: Change): Record<string, unknown> {
  return {
    until: isoTime(until),
    ...(time !== undefined && { time: isoTime(time) }),
    ...said,
    ...(missingSince !== undefined && { missingSince: isoTime(missingSince) }),
  }
}

/** One line of JSON without the row as it was served, which is most of its length. */
export function bareTransactionJson(connection: Origin, transaction: Transaction): string {
  return JSON.stringify(describeTransaction(connection, transaction))
}

/** One line of JSON. `raw` is the row exactly as the exchange served it: parsing and printing would round numbers. */
export function transactionJson(connection: Origin, transaction: Transaction): string {
  const described = bareTransactionJson(connection, transaction)
  // Within JSON text a line break is only ever white space between tokens.
  const raw = transaction.raw.replaceAll(/[\r\n]+/g, ' ')
  return `${described.slice(0, -1)},"raw":${raw}}`
}

/** ISO 8601 with milliseconds and `Z`, for epoch milliseconds in the years 0 to 9999. */
export function isoTime(time: number): string {
  const { year, month, date } = civilDate(Math.floor(time / day))
  const rest = time - Math.floor(time / day) * day
  // The day after the last one of four digits is asked for, too: as ISO 8601 has it, so that every reader knows it.
  const years = year > 9_999 ? `+${digits(year, 6)}` : digits(year, 4)
  return (
    `${years}-${digits(month, 2)}-${digits(date, 2)}T` +
    `${digits(Math.floor(rest / hour), 2)}:${digits(Math.floor(rest / minute) % 60, 2)}:` +
    `${digits(Math.floor(rest / 1_000) % 60, 2)}.${digits(rest % 1_000, 3)}Z`
  )
}

/**
 * The Gregorian date of a count of days since 1970-01-01, by Howard Hinnant's `civil_from_days`: years that begin
 * in March put the leap day last, so that every 400 years (146,097 days) look alike.
 */
function civilDate(days: number): { year: number; month: number; date: number } {
  const sinceMarchOfYearZero = days + 719_468
  const era = Math.floor(sinceMarchOfYearZero / 146_097)
  const dayOfEra = sinceMarchOfYearZero - era * 146_097
  const leapDays =
    Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const sinceMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = sinceMarch < 10 ? sinceMarch + 3 : sinceMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    date: dayOfYear - Math.floor((153 * sinceMarch + 2) / 5) + 1,
  }
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0')
}
