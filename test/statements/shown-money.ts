import Big from 'big.js'
import fc from 'fast-check'
import { openDigest } from '../../lambdas/adapters/identity.ts'
import type { Coverage } from '../../lambdas/domain/coverage.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import type { Layout } from '../../lambdas/statements/layout.ts'
import type { Settings } from '../../lambdas/statements/read-statement.ts'
import { RefusedError } from '../../lambdas/use-cases/refusal.ts'
import { writeExport } from '../../lambdas/use-cases/write-export.ts'
import { owner, statementFilesHome } from '../use-cases/statement-files-home.ts'

/**
 * Accounts of which the API shows one part and files of several forms show others. What an export adds up to must be what all of them
 * together show, counted here without asking what a merge is: every source shows some movements of money, and each counts once.
 */

export const start = Date.UTC(2026, 0, 10, 12)

/** One movement of money that truly happened. Sources show movements, never less of one. */
export type Movement = { readonly id: string; readonly coin: string; readonly amount: Big }

/** What a source shows, and the text of it if it is a file. */
export type Source = {
  readonly name: string
  readonly text: string
  /** What its columns mean, where only its owner knows. */
  readonly layout?: Layout
  readonly shows: readonly Movement[]
}

export type Account = {
  readonly api: readonly Transaction[]
  readonly shown: readonly Movement[]
  readonly covered: readonly Coverage[]
  readonly files: readonly Source[]
}

/** Which file is brought in, or taken back, one after another. */
export type Deed = { readonly file: number; readonly isBack: boolean }

/** Every file once, in any order; then some are taken back, or brought in again. */
export const deedsOf = (files: number): fc.Arbitrary<readonly Deed[]> => {
  const all = Array.from({ length: files }, (_one, file): Deed => ({ file, isBack: false }))
  const more = fc.record({ file: fc.integer({ min: 0, max: Math.max(0, files - 1) }), isBack: fc.boolean() })
  return fc
    .tuple(fc.shuffledSubarray(all, { minLength: files }), fc.array(more, { maxLength: 2 }))
    .map(([once, then]) => [...once, ...then])
}

/** Brings the files in, writes an export, and compares what it adds up to with what was shown. */
export async function moneyOf({ api, shown, covered, files }: Account, done: readonly Deed[]) {
  const home = await statementFilesHome()
  const coverage = { load: async () => covered }
  const ports = { ...home.ports, coverage }
  Object.assign(home.ports, { coverage })
  await ports.transactions.write(owner, api)
  // The same bytes are one file.
  const counted = new Map<string, readonly Movement[]>()
  const refused: string[] = []
  for (const { file: index, isBack } of done) {
    const file = files[index]
    if (file === undefined || file.shows.length === 0) continue
    if (isBack) {
      await home.takeBack(file.text)
      counted.delete(file.text)
      continue
    }
    try {
      await home.store(file.text, await settingsOf(home, file))
      counted.set(file.text, file.shows)
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      refused.push(error.message)
    }
  }
  const truth = new Map<string, Movement>()
  for (const one of [...shown, ...[...counted.values()].flat()]) truth.set(one.id, one)
  const statement = await statementOf(home, coverage)
  const expected = addUp([...truth.values()])
  const history = await home.history()
  const unsaid = history.filter(isUnsaid)
  const found = addUp([...sumsIn(statement), ...unsaid.map(changeOf)])
  const [, told = '0'] = /^Not in the file, (\d+) rows?: nobody says what these moved/m.exec(statement) ?? []
  if (unsaid.length !== Number(told)) throw new Error(`${unsaid.length} changes, and ${told} are told`)
  const difference = new Map<string, { found: string; shown: string }>()
  for (const coin of new Set([...expected.keys(), ...found.keys()])) {
    const [one = '0', other = '0'] = [found.get(coin), expected.get(coin)]
    if (!new Big(one).eq(other)) difference.set(coin, { found: one, shown: other })
  }
  return { difference, refused, statement, history, unsaid: unsaid.length }
}

/** What the owner of a file answers when he is asked. */
async function settingsOf(
  home: Awaited<ReturnType<typeof statementFilesHome>>,
  { text, layout }: Source,
): Promise<Settings> {
  if (layout === undefined) return {}
  const found = await home.read(text)
  const asked =
    found.kind === 'asks'
      ? found.questions.flatMap((one) => (one.about === 'layout' ? [one.signature] : []))
      : []
  return { clock: 'UTC', layouts: Object.fromEntries(asked.map((signature) => [signature, layout])) }
}

/** What one moment of a ledger moved and nobody can tell apart is not in a tax file, and the statement counts it. */
function isUnsaid({ stream, type }: Transaction): boolean {
  return stream === 'spot-ledger' && (type === 'trade' || type === 'trade-fee')
}

function changeOf({ currency = '', amount = '0' }: Transaction): Movement {
  return { id: '', coin: currency, amount: new Big(amount) }
}

async function statementOf(
  home: Awaited<ReturnType<typeof statementFilesHome>>,
  coverage: { load: () => Promise<readonly Coverage[]> },
): Promise<string> {
  const parts: string[] = []
  const { stores } = home
  await writeExport(
    {
      ...home.ports,
      ...stores,
      coverage: { ...stores.coverage, ...coverage },
      openDigest,
      exchanges,
      formats,
      accountNames: defaultAccounts,
      clock: () => home.home.now,
    },
    owner.user,
    { format: 'koinly', period: {}, timezone: 'UTC' },
    {
      history: async ({ content }) => {
        for await (const _chunk of content);
        return 'whole'
      },
      beside: async (role, { content }) => {
        for await (const chunk of content)
          if (role === 'statement') parts.push(new TextDecoder().decode(chunk))
      },
    },
  )
  return parts.join('')
}

function sumsIn(statement: string): readonly Movement[] {
  const [, words = ''] = /adds up to[^:]*: ([^\n]*)\./.exec(statement) ?? []
  return words.split(', ').flatMap((one) => {
    const [amount, coin] = one.split(' ')
    return amount === undefined || coin === undefined ? [] : [{ id: '', coin, amount: new Big(amount) }]
  })
}

function addUp(movements: readonly Movement[]): ReadonlyMap<string, string> {
  const sums = new Map<string, Big>()
  for (const { coin, amount } of movements) sums.set(coin, (sums.get(coin) ?? new Big(0)).plus(amount))
  return new Map([...sums].map(([coin, amount]) => [coin, amount.toFixed()]))
}

export const second = 1_000
export const inSeconds = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ')
export const inMinutes = (time: number) => inSeconds(time).slice(0, 16)

/** Part of the time of an account, from the first to the last moment of one of its seconds. */
export const period = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }))
  .map(([a, b]) => ({ from: Math.min(a, b) / 12, to: (Math.max(a, b) + 1) / 12 }))

type Period = { readonly from: number; readonly to: number }

/** The part of it, in time. */
export function windowOf({ from, to }: Period, length: number) {
  const at = (part: number) => start + Math.floor((part * length) / second) * second
  return { from: at(from), to: to > 1 ? Number.POSITIVE_INFINITY : at(to) }
}

export const within = ({ from, to }: { readonly from: number; readonly to: number }, time: number) =>
  time >= from && time < to

/** From where on an API serves: nothing that is here, all, or what is younger. */
export const servedFrom = fc.constantFrom(-1, 0.3, 0.5, 0.6, 0.8, 0.9, 2)
