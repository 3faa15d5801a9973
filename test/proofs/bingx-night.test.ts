import { expect, onTestFinished, test } from 'vitest'
import { day } from '../../lambdas/domain/window.ts'
import { demoSizes, generateAccount } from '../../local/simulated-bingx/account.ts'
import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import { crowdedAccount, documented, start, syncs } from '../use-cases/bingx-in-memory.ts'
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

test('a night on which BingX tells a time far ahead costs no row and no time, once it tells the right one again', async () => {
  const account = crowdedAccount(start + 3 * day)
  const histories = ['spot', 'futures', 'ledger', 'deposits', 'withdrawals', 'orders'] as const
  const after = async (nights: readonly { readonly true: number; readonly told: number }[]) => {
    const upTo = (told: number) => {
      const { true: now = told } = nights.find((night) => night.told === told) ?? {}
      const shown = histories.map((name) => [name, account[name].filter(({ at }) => at <= now)])
      return { ...account, ...Object.fromEntries(shown) }
    }
    const { store } = await syncs(
      upTo,
      documented,
      nights.map(({ told }) => told),
    )
    const coverage = [...store.coverages.values()].map(({ partition, covered, lost }) => {
      return { partition, lost, covered: covered.map(({ to }) => to) }
    })
    return { rows: [...store.rows.values()].map(({ raw }) => raw).sort(), coverage }
  }
  const nights = [0, 1, 2].map((night) => ({ true: start + night * day, told: start + night * day }))
  const right = await after(nights)
  for (const ahead of [40]) {
    const [first, , last] = nights
    if (first === undefined || last === undefined) throw new Error('no nights')
    const wrong = { true: start + day, told: start + (1 + ahead) * day }
    expect(await after([first, wrong, last]), `${ahead} days`).toEqual(right)
  }
})
