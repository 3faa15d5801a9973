import { keyOf, servedTime, type Transaction } from './transaction.ts'
import { day } from './window.ts'

/** An exchange may date a transfer anew until it is done, which takes days at most. An id further away may be another's. */
export const farApart = 30 * day

/** Whether two rows cannot be one: they say different things of what one transfer never has two of. */
function conflict(a: Transaction, b: Transaction): boolean {
  return [
    [a.amount, b.amount],
    [a.address, b.address],
    [a.txId, b.txId],
  ].some(([left, right]) => left !== undefined && right !== undefined && left !== right)
}

/**
 * Which of the stored rows with its identity a served row is; undefined for a row that is new. `taken` names those that other rows of
 * the same answer are: an answer holds a row once. Found by its time first, so that one exchange's two rows with one id stay two.
 */
export function sameRow(
  stored: readonly Transaction[],
  served: Transaction,
  taken: ReadonlySet<string> = new Set(),
): Transaction | undefined {
  const apart = (row: Transaction) =>
    Math.min(Math.abs(row.time - served.time), Math.abs(servedTime(row) - served.time))
  const found =
    stored.find(({ time }) => time === served.time) ?? stored.find((row) => servedTime(row) === served.time)
  if (found !== undefined) return found
  return [...stored]
    .sort((a, b) => apart(a) - apart(b) || a.time - b.time)
    .find((row) => !((apart(row) > farApart || taken.has(keyOf(row))) && conflict(row, served)))
}
