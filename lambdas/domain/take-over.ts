import type { Timing } from './client.ts'
import { type Change, servedTime, type Transaction, toldFields } from './transaction.ts'
import { isUnreadable } from './unreadable.ts'

/**
 * Which of two answers speaks later. Each was given at some moment between its question and its end: where these overlap nobody
 * can tell, and the row is read again.
 */
export type Order = 'newer' | 'older' | 'unclear'

export function orderOf(answer: Timing, before: Timing | undefined): Order {
  if (before === undefined || answer.askedAt >= before.answeredAt) return 'newer'
  return answer.answeredAt <= before.askedAt ? 'older' : 'unclear'
}

/** More of a row's past is not kept: what it said first, and the latest. */
const mostChanges = 20

/**
 * The row as it should read after being served again, at `askedAt` by the exchange's clock: `stored` itself when nothing is to be
 * written. The newest answer counts, and what it changes is history. What was said to be final is not undone by an answer that
 * says pending, which a replica that lags behind may give. What was told stays told where an answer only leaves it out.
 */
export function takeOver(stored: Transaction, served: Transaction, askedAt: number): Transaction {
  const says =
    isUnreadable(served) && !isUnreadable(stored) ? unread(stored, served, askedAt) : saysNow(stored, served)
  if (says === stored && stored.missingSince === undefined) return stored
  const change = changeOf(stored, says, askedAt)
  const { missingSince: _shownAgain, history: past, ...now } = says
  const history = change === undefined ? past : [...(past ?? []), change]
  return history === undefined ? now : { ...now, history: bounded(history) }
}

function bounded(history: readonly Change[]): readonly Change[] {
  return history.length <= mostChanges ? history : [...history.slice(0, 1), ...history.slice(1 - mostChanges)]
}

/** Of a longer text, its beginning is kept: beside the row itself, an item of the store has room for so much. */
const longestState = 10_000

/** What it said last counts, and that what it says now cannot be read is told. */
function unread(stored: Transaction, { raw }: Transaction, askedAt: number): Transaction {
  const unreadableRaw = raw.length <= longestState ? raw : JSON.stringify(raw.slice(0, longestState))
  if (stored.unreadableRaw === unreadableRaw) return stored
  return { ...stored, unreadableSince: stored.unreadableSince ?? askedAt, unreadableRaw }
}

function saysNow(row: Transaction, served: Transaction): Transaction {
  const stored = readable(row)
  if (isRenamed(stored, served)) return stored
  if (isFinal(stored) && !isFinal(served)) return stored
  const sizeIsNew = stored.contractSize === undefined && served.contractSize !== undefined
  const dated = served.time
  if (served.raw === stored.raw && dated === servedTime(stored) && !sizeIsNew) return stored
  const { time, identity, history, missingSince } = stored
  const { movedTo: _stored, ...fields } = served
  const now: Transaction = {
    ...fields,
    txId: served.txId ?? stored.txId,
    ...(served.contractSize === undefined && stored.contractSize !== undefined && marketOf(stored)),
    time,
    identity,
    ...(dated !== time && { movedTo: dated }),
    ...(history !== undefined && { history }),
    ...(missingSince !== undefined && { missingSince }),
  }
  const leavesOut = stored.txId !== undefined && served.txId === undefined
  const saysNothingNew =
    leavesOut && dated === servedTime(stored) && toldFields.every((name) => now[name] === stored[name])
  return saysNothingNew ? stored : now
}

/** It can be read again. */
function readable(stored: Transaction): Transaction {
  if (stored.unreadableSince === undefined) return stored
  const { unreadableSince: _since, unreadableRaw: _raw, ...row } = stored
  return row
}

/** A fill whose market has another name now: it says nothing else, and what was first served stays. */
function isRenamed(stored: Transaction, served: Transaction): boolean {
  return stored.status === undefined && served.symbol !== stored.symbol
}

/** What the catalogue of markets tells of a fill. */
function marketOf({ base, quote, amount, quoteAmount, contractSize, feeCurrency }: Transaction) {
  return { base, quote, amount, quoteAmount, contractSize, feeCurrency }
}

/** Undefined where nothing was said before that is not said any more. */
function changeOf(before: Transaction, now: Transaction, until: number): Change | undefined {
  const said = toldFields.filter((name) => before[name] !== undefined && before[name] !== now[name])
  const dated = servedTime(before)
  if (said.length === 0 && dated === servedTime(now) && before.missingSince === undefined) return undefined
  return {
    until,
    ...(dated !== servedTime(now) && { time: dated }),
    ...Object.fromEntries(said.map((name) => [name, before[name]])),
    ...(before.missingSince !== undefined && { missingSince: before.missingSince }),
  }
}

function isFinal({ status }: Transaction): boolean {
  return status !== undefined && status !== 'pending'
}
