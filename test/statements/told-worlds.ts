import fc from 'fast-check'
import { add, canonical, negate } from '../../lambdas/domain/amount.ts'
import type { Amount } from '../../lambdas/domain/transaction.ts'
import { day, minute } from '../../lambdas/domain/window.ts'
import { merge } from '../../lambdas/statements/merge.ts'
import type { Grain, StatementRow } from '../../lambdas/statements/row.ts'
import { line, orderGrain, readingOf, servedFill, start } from './cases.ts'

/**
 * Random accounts of which files of orders and of a ledger tell, some of them filtered, beside closed positions of two kinds: nothing that
 * happened is lost for something else that happened near it, and nothing counts twice that its amounts show to be the same.
 */

const ledgerGrain: Grain = {
  granularity: 'ledger',
  unit: 1_000,
  fields: ['currency', 'type', 'amount', 'symbol'],
  decimals: {},
}
const positionGrain: Grain = { ...ledgerGrain, granularity: 'position', fields: ['realizedPnl', 'account'] }

const at = (time: number) => ({ line: 2, wall: time, times: [time] as const, raw: '{}' })

const orders = fc.array(
  fc.record({
    after: fc.constantFrom(3_000, 30_000, 5 * minute, 3 * day),
    isBuy: fc.boolean(),
    /** How long after the one before it, and how much. */
    fills: fc.array(fc.tuple(fc.constantFrom(0, 2_000, 40_000), fc.integer({ min: 1, max: 1e6 })), {
      minLength: 1,
      maxLength: 3,
    }),
    isDatedLast: fc.boolean(),
    isListed: fc.boolean(),
    profit: fc.integer({ min: 1, max: 1e6 }),
    isServed: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
)

export function tellsEachOnce(options: fc.Parameters<unknown>): void {
  fc.assert(
    fc.property(orders, (made) => {
      let time = start
      let [coins, profits] = ['0', '0']
      const [listed, ledger, closed]: StatementRow[][] = [[], [], []]
      const api = []
      for (const [index, one] of made.entries()) {
        time += one.after
        const first = time
        const sums = { amount: '0', quoteAmount: '0' }
        for (const [later, units] of one.fills) {
          time += later
          const [amount, paid] = [`${units}e-3`, `${units * 7 + index}e-5`].map(canonical) as [Amount, Amount]
          sums.amount = add(sums.amount, amount)
          sums.quoteAmount = add(sums.quoteAmount, paid)
          const signed = (size: Amount, isIn: boolean) => (isIn ? size : negate(size))
          const change = { ...at(time), stream: 'spot-ledger', type: 'trade' } as const
          ledger?.push(
            { ...change, currency: 'KAS', amount: signed(amount, one.isBuy) },
            { ...change, currency: 'USDT', amount: signed(paid, !one.isBuy) },
          )
        }
        coins = add(coins, one.isBuy ? sums.amount : negate(sums.amount))
        if (one.isListed)
          listed?.push(
            line({
              ...at(one.isDatedLast ? time : first),
              ...sums,
              side: one.isBuy ? 'buy' : 'sell',
              orderId: `${index}`,
            }),
          )
        // Of the same time a fill of perpetual futures that the exchange shows, and a position that is of others.
        profits = add(profits, `${one.profit}`)
        closed?.push({
          ...at(time),
          stream: 'futures-position',
          symbol: 'KAS/USDT',
          currency: 'USDT',
          openWall: first,
          orderId: `${index}`,
          realizedPnl: `${one.profit}`,
        })
        if (one.isServed) {
          profits = add(profits, '0.001')
          api.push(
            servedFill({
              stream: 'futures-trade',
              time,
              tradeId: `${index}`,
              realizedPnl: '0.001',
              fee: '0',
            }),
          )
        }
      }
      const { rows } = merge({
        api,
        readings: [
          readingOf(listed ?? [], { grain: orderGrain }),
          readingOf(ledger ?? [], { format: 'ledger', grain: ledgerGrain }),
          readingOf(closed ?? [], { format: 'positions', grain: positionGrain }),
        ],
        proven: () => false,
      })
      const trades = rows.filter(({ stream }) => stream === 'spot-trade')
      const bought = trades.reduce((sum, { side, base, amount = '0', quoteAmount = '0' }) => {
        const moved = base === 'KAS' ? amount : quoteAmount
        return add(sum, (base === 'KAS') === (side === 'buy') ? moved : negate(moved))
      }, '0')
      if (trades.some(({ mayBeTwice }) => mayBeTwice))
        throw new Error('told: amounts show it, and it is in doubt')
      if (bought !== coins) throw new Error(`told: ${coins} KAS came, and ${bought} are told`)
      const brought = [...api, ...rows].reduce((sum, { realizedPnl = '0' }) => add(sum, realizedPnl), '0')
      if (brought !== profits) throw new Error(`told: profits were ${profits}, and ${brought} are told`)
    }),
    options,
  )
}
