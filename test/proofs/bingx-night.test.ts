import { expect, onTestFinished, test } from 'vitest'
import { day } from '../../lambdas/domain/window.ts'
import { demoSizes, generateAccount } from '../../local/simulated-bingx/account.ts'
import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import { differences, syncOverHttp } from '../use-cases/bingx-over-http.ts'

test('a quiet night of BingX takes twelve requests at most, all told, and writes no transaction', async () => {
  let now = Date.UTC(2026, 10, 20, 12)
  // Of COIN-M nothing: there, each order of the look-back is a request of its own.
  const account = generateAccount({ ...demoSizes, coinFills: 0, now })
  const simulator = await startSimulatedBingx({ clock: () => now, account, enforceLimits: false })
  onTestFinished(() => simulator.close())
  const { store } = await syncOverHttp(simulator)
  expect(differences(store, simulator)).toEqual([])
  // The transfers that were under way are done by the next night.
  for (const row of account.deposits) Object.assign(row, { status: 6, confirmTimes: '12/12' })
  for (const { row } of account.withdrawals) if (row.status === 4) row.status = 6
  now += day
  await syncOverHttp(simulator, store)

  const [asked, written] = [simulator.requests.length, store.writes.transactions]
  now += day
  await syncOverHttp(simulator, store)
  expect(store.writes.transactions - written).toBe(0)
  const night = simulator.requests.slice(asked)
  expect(night.length, night.map(({ path }) => path).join('\n')).toBeLessThanOrEqual(12)
})
