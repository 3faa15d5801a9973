import { describe, expect, it } from 'vitest'
import { type Failure, FailureError } from '../../lambdas/domain/failure.ts'
import { failureSentence, verifyKey } from '../../lambdas/use-cases/verify-key.ts'
import { exchange, submission } from './home-in-memory.ts'

async function refusal(failure: Failure): Promise<string> {
  const checkKey = () => Promise.reject(new FailureError(failure))
  return verifyKey({ checkKey }, exchange, submission(), { allowPowerfulKey: false }).then(
    () => 'accepted',
    (error: Error) => error.message,
  )
}

describe('what went wrong on our side of the line', () => {
  it.each(['aborted', 'lease-lost', 'busy', 'stalled', 'window-saturated', 'key-missing'])(
    'is not laid at the door of the exchange or its key: %s',
    (kind) => {
      const sentence = failureSentence(exchange, kind)
      expect(sentence).not.toMatch(/make a new key|did not do what was asked/)
      expect(sentence).toMatch(/^[A-Z].*\.$/)
    },
  )
})

describe('a key that nobody could be asked about', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED'])(
    'is told what to look at here where there is no way to its exchange: %s',
    async (code) => {
      expect(await refusal({ kind: 'exchange-down', code })).toMatch(
        new RegExp(
          `From here there is no way to its address at all \\(${code}\\): check the network, the proxy, and`,
        ),
      )
    },
  )

  it.each([
    [{ kind: 'exchange-down' }],
    [{ kind: 'exchange-down', code: '503' }],
    [{ kind: 'unauthorized', code: '30002' }],
  ] as const)('is not sent to look there where the exchange answered: %j', async (failure) => {
    expect(await refusal(failure)).not.toContain('no way')
  })
})
