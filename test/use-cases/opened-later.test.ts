import { expect, it } from 'vitest'
import { FailureError } from '../../lambdas/domain/failure.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { bitrueUser, start } from './bitrue-in-memory.ts'

it('asks for all contracts in the night in which futures are answered for the first time, and takes back that none was opened', async () => {
  const account = generateAccount({
    ...{ seed: 3, now: start, days: 20, symbols: 1, coins: 1, linear: 9, inverse: 4, traded: 1 },
    ...{ tradedContracts: 3, mostFuturesFills: 20, mostFills: 1, walletTransfers: 0, delisted: 0 },
  })
  const streams = bitrue.streams.filter(({ stream }) => stream === 'futures-trade')
  const user = bitrueUser({}, account, {}, { exchange: { ...bitrue, holdings: undefined, streams } })
  const other = bitrueUser({}, account, {}, { exchange: { ...bitrue, holdings: undefined, streams: [] } })
  await other.sync(start)
  const catalogue = other.requests.length
  user.interfere(() => {
    if (user.requests.length >= catalogue) throw new FailureError({ kind: 'not-opened' })
  })
  const first = await user.sync(start)
  expect(first.run.streams).toMatchObject([{ note: 'not-opened' }])
  user.interfere(() => undefined)
  await user.sync(start + day)
  expect(user.store.rows.size).toBe(account.linearFills.length + account.inverseFills.length)
  expect([...user.store.coverages.values()].filter(({ note }) => note !== undefined)).toEqual([])
})
