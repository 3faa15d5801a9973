import { expect, it } from 'vitest'
import { partitionOf } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { bitrueUser, start } from '../use-cases/bitrue-in-memory.ts'

/** Of everything a little: a symbol of more fills than a page, both families, coins with transfers, and transfers between wallets. */
const account = () =>
  generateAccount({
    ...{ seed: 3, now: start, days: 60, symbols: 5, coins: 4, linear: 2, inverse: 1 },
    ...{ traded: 3, mostFills: 130, movedCoins: 2, mostDeposits: 12, tradedContracts: 1 },
    ...{ mostFuturesFills: 5, walletTransfers: 12 },
  })

/** As if it had opened two months ago: there is less of the past to ask for. */
const exchange = {
  ...bitrue,
  streams: bitrue.streams.map((stream) => ({ ...stream, opened: start - 65 * day })),
}

class Killed extends Error {}

/** A worker that dies at the operation of this number; whatever it still tries afterwards is in vain. */
function killedAt(last: number) {
  let count = 0
  let isOver = false
  const user = bitrueUser(
    { times: 'obeyed' },
    account(),
    {},
    {
      exchange,
      pageCap: 100,
      befall: () => {
        if (isOver) return
        count += 1
        if (count >= last) throw new Killed()
      },
    },
  )
  return {
    ...user,
    revive: () => {
      isOver = true
    },
  }
}

function whose(row: Transaction): string | undefined {
  return partitionOf(
    exchange.streams.filter(({ stream }) => stream === row.stream),
    row,
  )
}

const textsOf = (rows: Iterable<Transaction>) => [...rows].map(({ raw }) => raw).sort()

it('killed at every operation of a first import of Bitrue, no time is covered that is not stored, and all is had in the end', async () => {
  const whole = bitrueUser({ times: 'obeyed' }, account(), {}, { exchange, pageCap: 100 })
  await whole.sync(start)
  const all = [...whole.store.rows.values()]
  let kills = 0
  for (let at = 1; ; at += 1) {
    const user = killedAt(at)
    const outcome = await user.sync(start, { holder: 'first' }).then(
      () => 'whole',
      (error: unknown) => {
        if (error instanceof Killed) return 'killed'
        throw error
      },
    )
    for (const { stream, partition, covered } of user.store.coverages.values())
      for (const row of all)
        if (row.stream === stream && whose(row) === partition)
          if (covered.some(({ from, to }) => row.time >= from && row.time < to))
            expect(user.store.rows.has(`${row.time}|${row.stream}|${row.identity}`), `${at}`).toBe(true)
    if (outcome === 'whole') break
    kills += 1
    user.revive()
    await user.sync(start + day, { holder: 'second' })
    expect(textsOf(user.store.rows.values()), `killed at ${at}`).toEqual(textsOf(all))
    expect(user.gaps()).toEqual([])
  }
  expect(kills).toBeGreaterThan(60)
})
