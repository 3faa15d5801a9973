import { describe, expect, it } from 'vitest'
import { ledgerTimeOf } from '../../lambdas/domain/futures-money.ts'
import { compareTransactions, type Transaction } from '../../lambdas/domain/transaction.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { findLoneRows } from '../../lambdas/use-cases/find-lone-rows.ts'
import type { PageQuestion } from '../../lambdas/use-cases/list-transactions.ts'
import { coverageOf, fill, row, start } from '../model/futures-sums.ts'

/** A store that brings at most two rows at once. */
function storeOf(stored: readonly Transaction[]) {
  const questions: PageQuestion[] = []
  const page = async (_owner: unknown, question: PageQuestion) => {
    questions.push(question)
    const { stream, from = 0, to = Number.MAX_SAFE_INTEGER, after } = question
    const rows = stored
      .filter((one) => one.stream === stream && one.time >= from && one.time < to)
      .filter((one) => after === undefined || compareTransactions(one, { ...one, ...after }) > 0)
      .sort(compareTransactions)
    const items = rows.slice(0, 2)
    const last = items.at(-1)
    return { items, ...(rows.length > 2 && last !== undefined && { next: last }) }
  }
  return { questions, transactions: { page } }
}

const owner = { user: 'ada', connection: 'c1' }
const time = ledgerTimeOf(coverageOf({ futures: [{ from: start, to: start + day }] }))

describe('rows of the futures ledger that no fill tells', () => {
  it('are found before and after the time that the ledger is known, page by page, and by the fills around them', async () => {
    const told = row(start - hour, 'realized-pnl', '1')
    const lone = [
      row(start - day, 'realized-pnl', '-107'),
      row(start - day + 1, 'commission', '-0.5'),
      row(start - hour + minute, 'realized-pnl', '3'),
      row(start + 2 * day, 'realized-pnl', '4'),
    ]
    const known = row(start + hour, 'realized-pnl', '5')
    const funding = row(start - 2 * day, 'funding', '-1')
    const others = [1, 2, 3].map((second) =>
      fill(start - hour + second * 1_000, { symbol: 'ETHUSDT', fee: '0' }),
    )
    const fills = [...others, fill(start - hour + 4_000, { realizedPnl: '1' }), fill(start - 3 * day)]
    const store = storeOf([told, ...lone, known, funding, ...fills])
    const found = await findLoneRows(store, owner, time)
    expect(found.map(({ identity }) => identity)).toEqual(lone.map(({ identity }) => identity))
    const ofFills = store.questions.filter(({ stream }) => stream === 'futures-trade')
    expect(ofFills.every(({ from = 0, to = 0 }) => to - from < hour)).toBe(true)
  })

  it('are told by what adds up to them, and by nothing that merely happened beside them', async () => {
    const at = start - hour
    const loneOf = async (...stored: readonly Transaction[]) =>
      (await findLoneRows(storeOf(stored), owner, time)).map(({ mayBeTwice = false }) => mayBeTwice)
    const other = fill(at + 9_000, { realizedPnl: '5', fee: '0' })
    expect(await loneOf(row(at, 'realized-pnl', '-107'), other)).toEqual([true])
    expect(
      await loneOf(row(at, 'realized-pnl', '-107'), row(at + 9_000, 'realized-pnl', '5'), other),
    ).toEqual([false])
    const part = fill(at, { realizedPnl: '2', fee: '0' })
    expect(await loneOf(row(at, 'realized-pnl', '7'), part, other)).toEqual([])
    expect(await loneOf(row(at, 'realized-pnl', '5'), row(at + 1, 'realized-pnl', '5'), other)).toEqual([
      false,
    ])
  })

  it('cost two questions where no row lies outside of what is known', async () => {
    const store = storeOf([row(start + hour, 'realized-pnl', '5'), fill(start + hour)])
    expect(await findLoneRows(store, owner, time)).toEqual([])
    expect(store.questions).toHaveLength(2)
  })
})
