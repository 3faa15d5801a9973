import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AskOptions, ExchangeClient } from '../../lambdas/domain/client.ts'
import type { ExchangeDefinition, Power } from '../../lambdas/domain/exchange.ts'
import { FailureError, type FailureKind } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import { checkCredentials } from '../../lambdas/use-cases/check-credentials.ts'
import { verifyKey } from '../../lambdas/use-cases/verify-key.ts'
import { exchange as bitmart, submission } from './home-in-memory.ts'

const rate = { id: 'r', calls: 1, per: 1, scope: 'key' } as const
const call = (path: string): ExchangeRequest => ({ access: 'private', method: 'GET', path, params: {}, rate })
const power = z.enum(['spot-trade', 'futures-trade', 'withdraw', 'transfer', 'subaccount-transfer'])
const tells: readonly Power[] = power.options

const exchange: ExchangeDefinition = {
  ...bitmart,
  name: 'Plain',
  probe: { request: call('me'), answer: z.literal('you') },
  account: { request: call('uid'), id: z.string(), mainOnly: call('subaccounts') },
  powers: { by: 'list', request: call('powers'), tells, list: z.array(power) },
  uncheckable: [],
}

type Answer = { readonly data: unknown } | { readonly fails: FailureKind } | { readonly bug: string }

const good: Readonly<Record<string, Answer>> = {
  me: { data: 'you' },
  uid: { data: '7' },
  powers: { data: [] },
  subaccounts: { data: [] },
}

/** What the key is found to be, where these paths are answered otherwise. */
async function check(answers: Readonly<Record<string, Answer>> = {}, definition = exchange) {
  const asked: string[] = []
  const client: Pick<ExchangeClient, 'ask' | 'learnTime' | 'now'> = {
    ask: async <T>({ path }: ExchangeRequest, schema: z.ZodType<T>, _options?: AskOptions) => {
      asked.push(path)
      const answer = answers[path] ?? good[path]
      if (answer === undefined) throw new Error(`nobody expects ${path}`)
      if ('bug' in answer) throw new TypeError(answer.bug)
      if ('fails' in answer) throw new FailureError({ kind: answer.fails })
      const read = schema.safeParse(answer.data)
      if (!read.success) throw new FailureError({ kind: 'bad-payload' })
      return { data: read.data, askedAt: 0, answeredAt: 0 }
    },
    learnTime: async () => undefined,
    now: () => 0,
  }
  const ports = { client: client as ExchangeClient, clock: () => 0 }
  return { asked, found: await checkCredentials(ports, definition) }
}

describe('a key whose permissions are listed', () => {
  it('is proved by the call that the exchange names, and told with its account', async () => {
    const { asked, found } = await check()
    expect(found).toEqual({ powers: [], uncheckable: [], account: '7', sample: [], asked: [] })
    expect(asked.sort()).toEqual(['me', 'powers', 'subaccounts', 'uid'])
  })

  it('is refused where the proof is', async () => {
    await expect(check({ me: { fails: 'unauthorized' } })).rejects.toMatchObject({
      failure: { kind: 'unauthorized' },
    })
    await expect(check({ me: { data: 'somebody else' } })).rejects.toBeInstanceOf(FailureError)
  })

  it.each([
    ['spot-trade', 'trade on the spot market'],
    ['futures-trade', 'trade futures'],
    ['withdraw', 'withdraw funds'],
    ['transfer', 'move funds between wallets'],
    ['subaccount-transfer', 'move funds between the main account and its sub-accounts'],
  ] as const)(
    'is refused by name with the power %s, and taken with a warning when insisted',
    async (one, can) => {
      const { found } = await check({ powers: { data: [one, one] } })
      expect(found.powers).toEqual([one])
      const verify = (allowPowerfulKey: boolean) =>
        verifyKey({ checkKey: async () => found }, exchange, submission(), { allowPowerfulKey })
      await expect(verify(false)).rejects.toMatchObject({
        code: 'key-too-strong',
        message: expect.stringContaining(`This key can ${can}.`),
      })
      expect((await verify(true)).warnings).toEqual([expect.stringContaining(`This key can ${can}.`)])
    },
  )

  it.each([
    ['a list of another shape', { data: { everything: true } }],
    ['a list with a power that nobody knows', { data: ['spot-trade', 'launch'] }],
    ['a refusal', { fails: 'no-permission' }],
    ['an exchange that is down', { fails: 'exchange-down' }],
  ] as const)('is concluded nothing about from %s, and that is said', async (_what, answer) => {
    const { found } = await check({ powers: answer })
    expect(found).toMatchObject({ powers: [], uncheckable: tells })
    const { warnings } = await verifyKey({ checkKey: async () => found }, exchange, submission(), {
      allowPowerfulKey: false,
    })
    expect(warnings).toEqual([
      expect.stringMatching(/^Plain does not tell whether a key allows spot trading or .*withdrawals/),
    ])
  })

  it('is of a sub-account only where the exchange says so', async () => {
    expect((await check({ subaccounts: { fails: 'not-served' } })).found.isSubaccount).toBe(true)
    for (const fails of ['no-permission', 'exchange-down', 'rejected'] as const)
      expect((await check({ subaccounts: { fails } })).found).not.toHaveProperty('isSubaccount')
  })

  it.each([
    ['is down', { fails: 'exchange-down' }],
    ['answers something else', { data: { uid: 7 } }],
    ['names nothing', { data: '' }],
  ] as const)('has no known account where the exchange %s', async (_what, uid) => {
    expect((await check({ uid })).found).not.toHaveProperty('account')
  })

  it.each(['powers', 'uid', 'subaccounts'])(
    'hides no bug of ours behind a silence about %s',
    async (path) => {
      await expect(check({ [path]: { bug: 'ours' } })).rejects.toThrow('ours')
    },
  )

  it('is asked for no power where the exchange tells none', async () => {
    const { asked, found } = await check({}, { ...exchange, powers: { by: 'nothing' }, account: undefined })
    expect(asked).toEqual(['me'])
    expect(found).toEqual({ powers: [], uncheckable: [], sample: [], asked: [] })
  })
})
