import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { type Failure, FailureError } from '../../lambdas/domain/failure.ts'
import { type ExchangeRequest, noMarkets } from '../../lambdas/domain/stream.ts'
import { day } from '../../lambdas/domain/window.ts'
import { linear } from '../../lambdas/exchanges/bitrue/contracts.ts'
import { walletTransferStream } from '../../lambdas/exchanges/bitrue/wallet-transfers.ts'
import { askOlder } from '../../lambdas/use-cases/ask-older.ts'
import { publishedWalletTransfer } from '../exchanges/samples/bitrue.ts'
import { toldTime } from '../model/told-time.ts'

const definition = walletTransferStream(linear)
const window = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 3, 1) }
const row = (ctime: number) => ({ ...publishedWalletTransfer, ctime })
/** One in each of its three parts. */
const rows = [0, 40, 80].map((days) => row(window.from + days * day + 1_000))

type Asked = { readonly from: number; readonly to: number; readonly page: number }

/** What is asked of an exchange that answers like this, and what is stored of it. */
async function older(
  answer: (asked: Asked) => readonly object[],
  { atOnce = true, inParts = true, later = (): readonly object[] => [] } = {},
) {
  const asked: Asked[] = []
  const taken: number[] = []
  const reached: number[] = []
  const client: ExchangeClient = {
    ...toldTime(() => 0),
    ask: async <T>({ params }: ExchangeRequest, schema: z.ZodType<T>) => {
      const [from, to, page] = [Number(params.beginTime), Number(params.endTime), Number(params.page)]
      asked.push({ from, to, page })
      const shown = page === 1 ? answer({ from, to, page }) : later()
      return { data: schema.parse(shown), askedAt: 1, answeredAt: 1 }
    },
    requests: () => asked.length,
    close: async () => undefined,
  }
  const ports = {
    client,
    markets: noMarkets,
    manners: { showsAllViews: false, pageSizes: [10, 200], largest: 0 },
    signal: new AbortController().signal,
  }
  const done = askOlder(ports, definition, 'usdt-m-in', {
    window,
    atOnce,
    ...(inParts && { span: 30 * day }),
    take: async ({ transactions }) => {
      taken.push(...transactions.map(({ time }) => time))
    },
    onReached: (from) => {
      reached.push(from)
    },
  })
  const failure = await done.then(
    () => undefined,
    (error: unknown) => error,
  )
  const first = asked.filter(({ page }) => page === 1)
  return { asked: first, times: new Set(taken), reached, failure }
}

const heeding = ({ from, to }: Asked) => rows.filter(({ ctime }) => ctime >= from && ctime < to)
const refuse = (kind: Failure['kind']) => {
  throw new FailureError({ kind })
}

describe('time that a list does not reach', () => {
  it('is asked for at once and then in parts, the youngest first, and all that comes is taken', async () => {
    const { asked, times } = await older(heeding)
    expect(times).toEqual(new Set(rows.map(({ ctime }) => ctime)))
    expect(asked[0]).toMatchObject(window)
    expect(asked.slice(1).map(({ to }) => to)).toEqual([0, 30, 60].map((days) => window.to - days * day))
    expect(asked.at(-1)?.from).toBe(window.from)
  })

  it('is had in parts where an answer about all of it is cut short, empty or refused', async () => {
    const isAll = ({ from, to }: Asked) => to - from > 30 * day
    for (const cut of [
      (asked: Asked) => heeding(asked).slice(isAll(asked) ? 1 : 0),
      (asked: Asked) => (isAll(asked) ? [] : heeding(asked)),
      (asked: Asked) => (isAll(asked) ? refuse('rejected') : heeding(asked)),
    ])
      expect((await older(cut)).times.size).toBe(3)
  })

  it('is given up where rows of other time show that it is not heeded, and those are taken too', async () => {
    const young = [row(window.to + day)]
    const { asked, times } = await older(() => young)
    expect(asked).toHaveLength(1)
    expect(times).toEqual(new Set([window.to + day]))
  })

  it('is given up at the first part that is refused: what is older would be, too', async () => {
    const { asked } = await older(({ from }) => (from < window.from + 40 * day ? refuse('out-of-range') : []))
    expect(asked).toHaveLength(1 + 2)
  })

  it('tells how far back it got, part by part, so that another worker can go on there', async () => {
    const { reached } = await older(heeding, { atOnce: false })
    expect(reached).toEqual([window.to - 30 * day, window.to - 60 * day, window.from])
    const { asked } = await older(heeding, { inParts: false })
    expect(asked).toHaveLength(1)
  })

  it('is not asked for at once by another worker where that was refused', async () => {
    const { reached } = await older(() => refuse('rejected'))
    expect(reached).toEqual([window.to, window.to - 30 * day])
  })

  it('ends the question with its failure, where that says nothing of what was asked', async () => {
    const { failure, asked } = await older(() => refuse('rate-limited'))
    expect(failure).toMatchObject({ failure: { kind: 'rate-limited' } })
    expect(asked).toHaveLength(1)
  })

  it('is left to the next run where the pages moved while they were read', async () => {
    const { failure, times, reached } = await older(() => [row(window.from + day)], {
      // The third page is the second once more: the list moved on by one row.
      later: () => [row(window.from + 2 * day)],
    })
    expect(failure).toMatchObject({ failure: { kind: 'bad-payload' } })
    expect([times.size, reached]).toEqual([0, []])
  })
})
