import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'

/** SQS delays a message by fifteen minutes at most. Seconds. */
const longestDelay = 900

/** SQS takes ten messages at once at most. */
const largestBatch = 10

/** A queue of messages in JSON. */
export function openQueue<Message extends object>(client: SQSClient, url: string) {
  return {
    /** Milliseconds of `delay` beyond fifteen minutes are cut off: the receiver has to look at the time again. */
    async send(message: Message, delay = 0): Promise<void> {
      await client.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: JSON.stringify(message),
          DelaySeconds: Math.min(longestDelay, Math.ceil(Math.max(0, delay) / 1_000)),
        }),
      )
    },

    /** Resolves with those that were not taken. */
    async sendAll(messages: readonly Message[]): Promise<readonly Message[]> {
      const refused: Message[] = []
      for (let first = 0; first < messages.length; first += largestBatch) {
        const batch = messages.slice(first, first + largestBatch)
        const answer = await client.send(
          new SendMessageBatchCommand({
            QueueUrl: url,
            Entries: batch.map((message, index) => ({
              Id: String(index),
              MessageBody: JSON.stringify(message),
            })),
          }),
        )
        for (const { Id } of answer.Failed ?? []) {
          const message = batch[Number(Id)]
          if (message !== undefined) refused.push(message)
        }
      }
      return refused
    },
  }
}
