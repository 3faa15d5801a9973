import type { SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { syncQueues } from '../../lambdas/adapters/sync-queues.ts'
import { firstMessage } from '../../lambdas/domain/sync-message.ts'

const url = 'https://sqs.us-east-1.amazonaws.com/123456789012/syncs'

/** SQS with some queues that are not there. */
function queues(missing: readonly string[] = []) {
  const sent: string[] = []
  const client = {
    send: async ({
      input,
    }: {
      input: { QueueUrl: string; MessageBody?: string; Entries?: { MessageBody: string }[] }
    }) => {
      if (missing.some((name) => input.QueueUrl.endsWith(name))) throw new Error('there is no such queue')
      for (const body of input.Entries?.map((one) => one.MessageBody) ?? [input.MessageBody ?? ''])
        sent.push(`${input.QueueUrl.slice(url.length)} ${JSON.parse(body).connection}`)
      return {}
    },
  }
  return { sent, ...syncQueues(client as unknown as SQSClient, url) }
}

const message = (id: string, exchange: string, cell?: number) =>
  firstMessage({ user: 'u', id, exchange, ...(cell !== undefined && { cell }) }, 'r')

describe('The queues of syncs', () => {
  it('are one for each exchange and cell', async () => {
    const { sent, send, sendAll } = queues()
    await send(message('a', 'bitmart'))
    await sendAll([message('b', 'bitmart', 2), message('c', 'bingx'), message('d', 'bitmart', 2)])
    expect(sent).toEqual(['-bitmart a', '-bitmart-2 b', '-bitmart-2 d', '-bingx c'])
  })

  it('take what is theirs although another one is not there, and say what was not taken', async () => {
    const { sent, sendAll } = queues(['-bitmart-2'])
    const lost = message('b', 'bitmart', 2)
    expect(await sendAll([message('a', 'bitmart'), lost, message('c', 'bingx')])).toEqual([lost])
    expect(sent).toEqual(['-bitmart a', '-bingx c'])
    await expect(sendAll([lost])).rejects.toThrow('no such queue')
  })

  it('take no message that does not say whose it is', async () => {
    const { exchange: _, ...bare } = message('a', 'bitmart')
    await expect(queues().send(bare)).rejects.toThrow('for which exchange')
  })
})
