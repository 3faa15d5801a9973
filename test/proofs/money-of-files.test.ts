import fc from 'fast-check'
import { describe, it } from 'vitest'
import { minute } from '../../lambdas/domain/window.ts'
import { futuresAccount, futuresFile, futuresOrder } from '../statements/futures-accounts.ts'
import { type Account, type Deed, deedsOf, moneyOf, servedFrom } from '../statements/shown-money.ts'
import {
  type SpotFile,
  type SpotWorld,
  spotAccount,
  spotFile,
  spotOrder,
  transfer,
} from '../statements/spot-accounts.ts'

/**
 * Each movement of money that any source shows counts once. Where that does not hold yet, the accounts below have none of it, and the
 * comment says what is left out: the sums themselves are never compared less strictly.
 */

/** The same accounts every day. */
const runs = (share: number) => ({
  numRuns: Math.ceil(Number(process.env.MODEL_RUNS ?? 100) * share),
  seed: Number(process.env.MODEL_SEED ?? 15),
  endOnFailure: true,
})

const far = minute

/** Fills of one order lie at one moment, or seconds apart. */
const apart = [0, 10, 500, 3_000]

const spotWorlds = (gaps: readonly number[], file: fc.Arbitrary<SpotFile>) =>
  fc.record({
    orders: fc.array(spotOrder(gaps), { minLength: 1, maxLength: 5 }),
    transfers: fc.array(transfer, { maxLength: 3 }),
    served: fc.record({ fills: servedFrom, deposits: servedFrom, withdrawals: servedFrom }),
    isProven: fc.boolean(),
    files: fc.array(file, { minLength: 1, maxLength: 3 }),
  })

const spotAccounts = (gaps: readonly number[], file: fc.Arbitrary<SpotFile>, areMinutesWhole = false) =>
  spotWorlds(gaps, file).map((world) => spotAccount({ ...world, areMinutesWhole }))

const ofForms = (...forms: readonly SpotFile['form'][]) => spotFile.filter(({ form }) => forms.includes(form))

/** Of two orders of one market, side and size within a day, of which one has no id and each source tells one, nobody can tell that they are two. */
const withoutIds = spotWorlds(apart, ofForms('orders', 'bare orders'))
  .filter(({ orders }) => new Set(orders.map(kindOf)).size === orders.length)
  .map(spotAccount)

function kindOf({ base, side, fills }: SpotWorld['orders'][number]): string {
  return `${base} ${side} ${fills.reduce((sum, { amount }) => sum + amount, 0)}`
}

/**
 * Of a tool that tells fills in other parts than the exchange. Where a source shows only some of the fills that such a tool joins, the
 * rest is not worked out: both count, in doubt. So each shows all of a minute, or nothing.
 */
const inOtherParts = (...forms: readonly SpotFile['form'][]) =>
  fc
    .record({
      file: ofForms(...forms),
      parts: fc.constantFrom(undefined, 'joined' as const, 'split' as const),
    })
    .map(({ file, parts }): SpotFile => ({ ...file, parts }))

const futuresAccounts = fc
  .record({
    orders: fc.array(futuresOrder([far]), { minLength: 1, maxLength: 6 }),
    served: fc.record({ fills: servedFrom, ledger: servedFrom }),
    sayProfit: fc.boolean(),
    files: fc.array(futuresFile, { minLength: 1, maxLength: 3 }),
  })
  .map(futuresAccount)

describe('what an export adds up to is what the API and the files show together, each once', () => {
  it('with ledgers of the spot account, by coin, by market and by kind', () =>
    addsUp(spotAccounts(apart, ofForms('ledger')), runs(0.25)))

  it('with files of orders', () => addsUp(spotAccounts(apart, ofForms('orders')), runs(0.2)))

  it('with files of orders that have no ids, alone and beside others that have', () =>
    addsUp(withoutIds, runs(0.25)))

  it('with files of another tool, to the second and to the minute', () =>
    addsUp(spotAccounts(apart, ofForms('koinly')), runs(0.2)))

  it('with files of another tool that joins the fills of a moment, or splits them', () =>
    addsUp(spotAccounts(apart, inOtherParts('koinly'), true), runs(0.3)))

  it('with files of orders beside those of a tool that joins fills, or splits them', () =>
    addsUp(spotAccounts(apart, inOtherParts('orders', 'koinly'), true), runs(0.2)))

  it('with ledgers beside files of orders', () =>
    addsUp(spotAccounts(apart, ofForms('ledger', 'orders')), runs(0.3)))

  it('with ledgers beside files of another tool', () =>
    addsUp(spotAccounts(apart, ofForms('ledger', 'koinly')), runs(0.25)))

  it('with files of orders beside those of another tool', () =>
    addsUp(spotAccounts(apart, ofForms('orders', 'koinly')), runs(0.25)))

  it('with the ledgers and the orders of futures', () => addsUp(futuresAccounts, runs(0.3)))
})

async function addsUp(accounts: fc.Arbitrary<Account>, run: fc.Parameters<unknown>): Promise<void> {
  const lives = accounts.chain((account) =>
    deedsOf(account.files.length).map((done): readonly [Account, readonly Deed[]] => [account, done]),
  )
  await fc.assert(
    fc.asyncProperty(lives, async ([account, done]) => {
      const { difference, refused } = await moneyOf(account, done)
      const off = [...difference].map(([coin, { found, shown }]) => `${found} for ${shown} ${coin}`)
      const [first] = [...off, ...refused]
      if (first !== undefined)
        throw new Error(`${first}:\n${account.files.map(({ text }) => text).join('\n')}`)
    }),
    run,
  )
}
