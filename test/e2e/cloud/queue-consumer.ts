import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { until } from './emulators.ts'

const account = '123456789012'

/** Longer than any test: what fails is given back at once instead. Seconds. */
const visibility = 600

export type Delivery = {
  readonly body: string
  readonly receiveCount: number
  readonly outcome: 'done' | 'refused' | 'failed'
}

export type ConsumerPorts = {
  readonly name: string
  /** Where the queue is there already: the name of its dead-letter queue. */
  readonly existingDead?: string | undefined
  readonly url: string
  readonly maxReceiveCount: number
  readonly reportsItemFailures: boolean
  readonly invoke: (event: unknown) => Promise<unknown>
  /** How many messages have been sent and will come later. */
  readonly delayed: () => number
  /** Called before a message whose delivery failed becomes visible again. */
  readonly onFailure: () => void
}

/** A queue with its dead-letter queue, and Lambda's event source mapping: one message at a time for each poller. */
export async function openQueueConsumer(ports: ConsumerPorts) {
  const client = new SQSClient({
    region: 'us-east-1',
    endpoint: ports.url,
    credentials: { accessKeyId: 'event-source', secretAccessKey: 'test' },
  })
  const create = async (name: string, attributes: Record<string, string> = {}) => {
    if (ports.existingDead === undefined)
      await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }))
    return { url: `${ports.url}/${account}/${name}`, arn: `arn:aws:sqs:us-east-1:${account}:${name}` }
  }
  const dead = await create(ports.existingDead ?? `dead-${ports.name}`)
  const queue = await create(ports.name, {
    VisibilityTimeout: String(visibility),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: dead.arn,
      maxReceiveCount: ports.maxReceiveCount,
    }),
  })
  const deliveries: Delivery[] = []
  let open = false
  let atWork = 0
  let pollers: Promise<void>[] = []

  async function receive(): Promise<Message | undefined> {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: 1,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    )
    return Messages?.[0]
  }

  function recordOf({ MessageId, ReceiptHandle, Body, Attributes, MD5OfBody }: Message) {
    return {
      messageId: MessageId ?? '',
      receiptHandle: ReceiptHandle ?? '',
      body: Body ?? '',
      attributes: { ...Attributes },
      messageAttributes: {},
      md5OfBody: MD5OfBody ?? '',
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: 'us-east-1',
    }
  }

  /** Invokes the function as for a message that was received; tells whether the message is to be deleted. */
  async function deliver(message: Message): Promise<boolean> {
    const record = recordOf(message)
    const receiveCount = Number(record.attributes.ApproximateReceiveCount ?? 1)
    const note = (outcome: Delivery['outcome']) =>
      deliveries.push({ body: record.body, receiveCount, outcome })
    try {
      const result = await ports.invoke({ Records: [record] })
      const { batchItemFailures = [] } = Object(result) as {
        batchItemFailures?: { itemIdentifier: string }[]
      }
      const refused =
        ports.reportsItemFailures &&
        batchItemFailures.some(({ itemIdentifier }) => [record.messageId, ''].includes(itemIdentifier))
      note(refused ? 'refused' : 'done')
      return !refused
    } catch {
      note('failed')
      return false
    }
  }

  async function poll(): Promise<void> {
    while (open) {
      const message = await receive()
      if (message === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 40))
        continue
      }
      atWork += 1
      const receipt = { QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle }
      if (await deliver(message)) await client.send(new DeleteMessageCommand(receipt))
      else {
        ports.onFailure()
        await client.send(new ChangeMessageVisibilityCommand({ ...receipt, VisibilityTimeout: 0 }))
      }
      atWork -= 1
    }
  }

  async function count(url: string): Promise<number> {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    )
    const names = ['', 'NotVisible', 'Delayed'] as const
    return names.reduce(
      (sum, name) => sum + Number(Attributes?.[`ApproximateNumberOfMessages${name}`] ?? 0),
      0,
    )
  }

  async function waiting(): Promise<number> {
    // Counted first: one that moves on meanwhile is counted twice rather than not at all.
    const delayed = ports.delayed()
    return delayed + (await count(queue.url))
  }

  return {
    url: queue.url,
    /** Every delivery that has ended, oldest first. */
    deliveries: deliveries as readonly Delivery[],

    /** Consumes with so many pollers at once, until `stop`. */
    start(howMany = 1): void {
      open = true
      pollers = [...pollers, ...Array.from({ length: howMany }, poll)]
    },

    /** Resolves when what is being worked on has ended. */
    async stop(): Promise<void> {
      open = false
      await Promise.all(pollers.splice(0))
    },

    /** Resolves when there is no message left and nothing at work. */
    async settled(patience = 60_000): Promise<void> {
      await until(
        async () => atWork === 0 && (await waiting()) === 0 && atWork === 0,
        'the queue is empty',
        patience,
      )
    },

    async send(body: string): Promise<void> {
      await client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body }))
    },

    /** Takes one message out of the queue, to be delivered by hand. */
    async take(): Promise<Message> {
      let message: Message | undefined
      await until(async () => {
        message = await receive()
        return message !== undefined
      }, 'there is a message')
      if (message === undefined) throw new Error('There is no message.')
      const receipt = { QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle }
      await client.send(new DeleteMessageCommand(receipt))
      return message
    },

    deliver,
    waiting,
    dead: () => count(dead.url),

    async close(): Promise<void> {
      await this.stop()
      client.destroy()
    },
  }
}
