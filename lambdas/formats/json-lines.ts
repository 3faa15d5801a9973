import { type Origin, transactionJson } from '../domain/outward.ts'
import type { Transaction } from '../domain/transaction.ts'

/**
 * JSON Lines (UTF-8, LF): one transaction of the outward contract per line, in the order given. Rows pass one by
 * one, so memory does not grow with them.
 */
export async function* jsonLines(
  connection: Origin,
  transactions: AsyncIterable<Transaction>,
): AsyncIterable<string> {
  for await (const transaction of transactions) yield `${transactionJson(connection, transaction)}\n`
}
