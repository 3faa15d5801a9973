import { describe, expect, it } from 'vitest'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { recogniseAccount } from '../../lambdas/use-cases/recognise-account.ts'
import { generateAccount, type SimulatedAccount } from '../../local/simulated-bitrue/account.ts'
import { connection } from '../model/engine.ts'
import { bitrueUser, smallSizes, start } from './bitrue-in-memory.ts'

const few = {
  ...smallSizes,
  symbols: 12,
  coins: 8,
  linear: 4,
  inverse: 2,
  traded: 3,
  mostFills: 20,
  movedCoins: 3,
  mostDeposits: 4,
  walletTransfers: 4,
  forcedOrders: 2,
}
const histories = [
  'spotFills',
  'linearFills',
  'inverseFills',
  'deposits',
  'withdrawals',
  'walletTransfers',
  'linearForced',
  'inverseForced',
] as const

/** A user whose history was imported once. */
async function known(change: (account: SimulatedAccount) => void = () => undefined) {
  const account = generateAccount(few)
  change(account)
  const user = bitrueUser({}, account)
  await user.sync(start)
  return { ...user, rows: user.store.rows.size, own: { ...account } }
}

function show(account: SimulatedAccount, shown: Partial<SimulatedAccount>): void {
  for (const one of histories) Object.assign(account, { [one]: shown[one] ?? [] })
}

type User = Awaited<ReturnType<typeof known>>

/** What is asked, and of whom; `before` is told the path, and may throw. */
function portsOf(user: User, before: (path: string) => void, now = start) {
  return {
    ...user.store,
    markets: noMarkets,
    signal: new AbortController().signal,
    client: {
      ...user.client,
      ask: (async (request, schema, asked) => {
        before(request.path)
        const answer = await user.client.ask(request, schema, asked)
        return { ...answer, askedAt: now, answeredAt: now }
      }) satisfies ExchangeClient['ask'] as ExchangeClient['ask'],
    },
  }
}

function oneOfEach<Row, Name extends keyof Row>(rows: readonly Row[], name: Name): Row[] {
  return [...new Map(rows.map((row) => [row[name], row])).values()]
}

const other = () => generateAccount({ ...few, seed: 99 })

describe('the account that a key opens', () => {
  it('is recognised by one question where its lists say what they said', async () => {
    const user = await known()
    const questions: unknown[] = []
    const failure = await recogniseAccount(
      portsOf(user, (path) => void questions.push(path)),
      bitrue,
      connection,
      [...user.store.coverages.values()],
    )
    expect([failure, questions]).toEqual([undefined, ['myTrades']])
  })

  it('is another one where none of all its rows is shown: nothing is stored with them, and its own go on when they come back', async () => {
    const user = await known()
    show(user.account, other())
    for (const night of [1, 2, 3]) {
      const { run, written } = await user.sync(start + night * day)
      expect([run.state, run.failure, written]).toEqual(['failed', 'different-account', 0])
      expect(run.streams.every(({ failure }) => failure === 'different-account')).toBe(true)
    }
    expect(user.store.rows.size).toBe(user.rows)
    show(user.account, user.own)
    const { run } = await user.sync(start + 4 * day)
    expect(run.streams.flatMap(({ failure }) => failure ?? [])).toEqual([])
    expect(user.store.rows.size).toBe(user.rows)
  })

  it('and what another one holds makes no name likely, while what is listed meanwhile is expected all the same', async () => {
    const user = await known()
    show(user.account, other())
    user.account.balances.set('strange', '5')
    user.account.symbols.push({ ...(user.account.symbols[0] ?? expect.fail()), symbol: 'NEWUSDT' })
    const { asked } = await user.sync(start + day)
    expect(asked.map(({ path }) => path)).not.toContain('account')
    const fills = [...user.store.coverages.values()].filter(({ stream }) => stream === 'spot-trade')
    const names = fills.map(({ partition }) => partition)
    expect(names).toContain('NEWUSDT')
    expect(names.filter((name) => name.startsWith('STRANGE'))).toEqual([])
    expect(fills.find(({ partition }) => partition === 'NEWUSDT')?.asked).toBeUndefined()
  })

  it('is another one where of each name fewer than three rows are known', async () => {
    const user = await known((account) => {
      const { spotFills, deposits } = account
      show(account, { spotFills: oneOfEach(spotFills, 'symbol'), deposits: oneOfEach(deposits, 'symbol') })
    })
    show(user.account, other())
    const { run } = await user.sync(start + day)
    expect(run.failure).toBe('different-account')
    expect(user.store.rows.size).toBe(user.rows)
  })

  it('is another one where it was opened after all that is known, and moves between wallets are shown for as long as is documented', async () => {
    const user = await known()
    const opened = start + 2 * hour
    const later = generateAccount({ ...few, seed: 99, now: start + 12 * day })
    show(user.account, {
      walletTransfers: later.walletTransfers.map((row, index) => ({ ...row, ctime: opened + index * hour })),
    })
    const { run, written } = await user.sync(start + 13 * day)
    expect([run.failure, written]).toEqual(['different-account', 0])
    // Where no document says how long they are shown, younger rows of the same account may be all that is left.
    show(user.account, { ...user.own, walletTransfers: [] })
    expect((await user.sync(start + 14 * day)).run.failure).toBeUndefined()
  })

  it('is the same where one row of all is shown, whatever else is missing', async () => {
    const user = await known()
    show(user.account, { deposits: user.own.deposits.slice(0, 1) })
    const { run } = await user.sync(start + day)
    expect(run.streams.map(({ failure }) => failure)).not.toContain('different-account')
  })

  it.each([7, 14])(
    'is the same after a pause in which all that was known left its lists, where the exchange shows %i days and no document says how many',
    async (days) => {
      // How long moves between wallets are shown is documented.
      const account = generateAccount({ ...few, walletTransfers: 0 })
      const user = bitrueUser({ lookBack: days * day }, account)
      await user.sync(start)
      const later = start + (days + 3) * day
      const last = account.spotFills.at(-1)
      if (last === undefined) throw new Error('There is no fill.')
      account.spotFills.push({ ...last, id: 987_654_321, time: later - 3 * hour })
      const rows = user.store.rows.size
      const { run } = await user.sync(later)
      expect(run.streams.map(({ failure }) => failure)).not.toContain('different-account')
      expect(user.store.rows.size).toBe(rows + 1)
    },
  )

  it('is looked at by each worker that goes on with a run, until one has asked for anything of it', async () => {
    const user = await known()
    const { run } = await user.sync(start + day)
    const goOn = (at: number, requests: number) => {
      const streams = run.streams.map((one) => ({ ...one, state: 'running' as const, requests }))
      return user.sync(at, { before: { ...run, state: 'running', startedAt: at, streams } })
    }
    const whole = (await user.sync(start + 2 * day)).asked.length
    expect((await goOn(start + 3 * day, 1)).asked.length).toBe(whole - 1)
    expect((await goOn(start + 4 * day, 0)).asked.length).toBe(whole)
    show(user.account, other())
    const killed = await goOn(start + 5 * day, 0)
    expect(killed.run.streams.every(({ failure }) => failure === 'different-account')).toBe(true)
    expect(killed.written).toBe(0)
  })

  it('stays another one until a row is shown that is known, however old those have become', async () => {
    const user = await known()
    show(user.account, {})
    const coverage = [...user.store.coverages.values()]
    const at = (reason?: string) => {
      const ports = portsOf(user, () => undefined, start + 500 * day)
      return recogniseAccount(ports, bitrue, { ...connection, ...(reason && { reason }) }, coverage)
    }
    expect(await at()).toBeUndefined()
    expect(await at('expired')).toBeUndefined()
    expect(await at('different-account')).toEqual({ kind: 'different-account' })
    show(user.account, user.own)
    expect(await at('different-account')).toBeUndefined()
  })

  it.each<[FailureKind, FailureKind | undefined]>([
    ['exchange-down', 'exchange-down'],
    ['aborted', 'aborted'],
    ['bad-payload', undefined],
    ['not-served', undefined],
    ['no-permission', undefined],
  ])('is not judged by a question that fails (%s)', async (kind, told) => {
    const user = await known()
    const ports = portsOf(user, () => {
      throw new FailureError({ kind })
    })
    const failure = await recogniseAccount(ports, bitrue, connection, [...user.store.coverages.values()])
    expect(failure?.kind).toBe(told)
  })

  it('is not judged by rows that cannot be read: they may be anybody’s', async () => {
    const user = await known()
    for (const fill of user.account.spotFills) Object.assign(fill, { price: 'N/A' })
    show(user.account, { spotFills: user.account.spotFills })
    const ports = portsOf(user, () => undefined, start + day)
    const fills = [...user.store.coverages.values()].filter(({ stream }) => stream === 'spot-trade')
    expect(await recogniseAccount(ports, bitrue, connection, fills)).toBeUndefined()
  })

  it('is asked for nothing where nothing is known', async () => {
    const user = await known((account) => show(account, {}))
    const questions: unknown[] = []
    const ports = portsOf(user, (path) => void questions.push(path))
    await recogniseAccount(ports, bitrue, connection, [...user.store.coverages.values()])
    expect(questions).toEqual([])
  })
})
