import { expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { keepCoverage } from '../../lambdas/use-cases/keep-coverage.ts'

const now = Date.UTC(2026, 7, 20, 12)
const window = { from: now - 2 * day, to: now - day }
const page = { transactions: [], timeless: [], served: 0, askedAt: now, answeredAt: now }

function keeper() {
  const [definition] = bitmart.streams
  if (definition === undefined) throw new Error('BitMart has streams')
  const known = keepCoverage(definition, noCoverage('spot-trade', 'all'), now, () => [])
  known.cover(window, page, true)
  return known
}

it('An answer that may be cut lets nothing be said of its time, and what was covered before more was asked for stays covered', () => {
  const doubted = [{ from: window.from + hour, to: window.to }]
  const known = keeper()
  expect(known.known([]).covered).toEqual([window])
  expect(known.known(doubted).covered).toEqual([{ from: window.from, to: window.from + hour }])
  known.settle()
  expect(known.known(doubted).covered).toEqual([window])
})
