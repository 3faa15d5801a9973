import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { ExporterEnvironment } from '../lambdas/exports/env.ts'
import type { EntryName } from './bundle.ts'
import type { StageConfig } from './config.ts'
import { type Exports, type History, ImporterFunction } from './constructs/importer-function.ts'
import { resourceName } from './names.ts'

export type ExportsStackProps = StackProps & {
  readonly stage: StageConfig
  readonly code: ReadonlyMap<EntryName, { readonly directory: string }>
  readonly history: History
  readonly exports: Exports
}

/** As long as Lambda allows: a very long history takes minutes to read, and several turns one after the other. */
const exporterTimeout = Duration.minutes(15)
/** How often a message is delivered before it counts as dead: nobody waits for a file for longer. */
const maxDeliveries = 2

/** Whatever writes files for accountants, in the background: the queue of exports and what works it off. */
export class ExportsStack extends Stack {
  readonly queue: Queue

  constructor(scope: Construct, id: string, { stage, code, history, exports, ...props }: ExportsStackProps) {
    super(scope, id, props)

    const visibilityTimeout = Duration.minutes(6 * exporterTimeout.toMinutes())
    const dead = new Queue(this, 'DeadExports', {
      queueName: resourceName(stage, 'dead-exports'),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod: Duration.days(14),
    })
    this.queue = new Queue(this, 'Exports', {
      queueName: resourceName(stage, 'exports'),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod: Duration.days(1),
      deadLetterQueue: { queue: dead, maxReceiveCount: maxDeliveries },
    })

    const exporter = new ImporterFunction<ExporterEnvironment>(this, 'Exporter', {
      stage,
      entry: 'exporter',
      code,
      description: 'Writes a history as a file for a tax or accounting tool',
      memorySize: 1024,
      timeout: exporterTimeout,
      // An export of many rows is handed on to the next turn by a message, as often as it takes.
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: (bind) => ({
        TABLE_NAME: bind.bindTable(history),
        EXPORT_BUCKET: bind.bindExports(exports, 'write'),
        EXPORT_QUEUE_URL: bind.bindQueue(this.queue),
        MAX_DELIVERIES: String(maxDeliveries),
      }),
    })
    const oneByOne = { batchSize: 1, reportBatchItemFailures: true }
    exporter.addEventSource(
      new SqsEventSource(this.queue, { ...oneByOne, maxConcurrency: stage.exportsAtOnce }),
    )
    exporter.addEventSource(new SqsEventSource(dead, { ...oneByOne, maxConcurrency: 2, enabled: false }))
  }
}
