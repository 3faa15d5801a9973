import type { SQSClient } from '@aws-sdk/client-sqs'
import { laneOf } from '../domain/cell.ts'
import type { SyncMessage } from '../domain/sync-message.ts'
import { openQueue } from './queue.ts'

/** The queues of syncs: one for each exchange and cell, at addresses that begin with `url`. */
export function syncQueues(client: SQSClient, url: string) {
  const queueOf = ({ exchange, cell }: SyncMessage) => {
    if (exchange === undefined) throw new Error('A message does not say for which exchange it is.')
    return openQueue<SyncMessage>(client, `${url}-${laneOf(exchange, cell)}`)
  }
  return {
    async send(message: SyncMessage, delay = 0): Promise<void> {
      await queueOf(message).send(message, delay)
    },

    /** Resolves with those that were not taken. A queue that fails keeps no other from its messages; when all fail, it throws. */
    async sendAll(messages: readonly SyncMessage[]): Promise<readonly SyncMessage[]> {
      const lanes = new Map<string, SyncMessage[]>()
      for (const message of messages) {
        const lane = laneOf(message.exchange ?? '', message.cell)
        lanes.set(lane, [...(lanes.get(lane) ?? []), message])
      }
      const refused: SyncMessage[] = []
      const failures: unknown[] = []
      for (const lane of lanes.values())
        try {
          const [first] = lane
          if (first !== undefined) refused.push(...(await queueOf(first).sendAll(lane)))
        } catch (error) {
          failures.push(error)
          refused.push(...lane)
        }
      if (failures.length > 0 && failures.length === lanes.size) throw failures[0]
      return refused
    },
  }
}
