import { Duration, type Stack } from 'aws-cdk-lib'
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { laneOf } from '../../lambdas/domain/cell.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import type { WorkerEnvironment } from '../../lambdas/sync/env.ts'
import type { EntryName } from '../bundle.ts'
import type { StageConfig } from '../config.ts'
import { inCell, resourceName, syncQueueName } from '../names.ts'
import { liveVersion } from './gradual.ts'
import {
  type FixedAddresses,
  type History,
  ImporterFunction,
  type Statements,
  type Vault,
} from './importer-function.ts'

export type SyncWorkersProps = {
  readonly stage: StageConfig
  readonly code: ReadonlyMap<EntryName, { readonly directory: string }>
  readonly network: FixedAddresses | undefined
  readonly history: History
  readonly vault: Vault
  readonly statements: Statements
  readonly cell: number
  readonly deadLetters: IQueue
}

const workerTimeout = Duration.minutes(5)
/** Six times the worker's time, as SQS wants it, so that no second worker takes a message that the first still has. */
export const visibilityTimeout = Duration.minutes(6 * workerTimeout.toMinutes())
/** How often a message is delivered before it counts as dead. */
const maxDeliveries = 4

export const oneByOne = { batchSize: 1, reportBatchItemFailures: true }

/**
 * What syncs the connections of a cell: a queue for each exchange, and the worker behind all of them. Each queue has its own share of
 * workers, so that an exchange that is slow or hangs takes none from the others.
 */
export function syncWorkers(scope: Stack, props: SyncWorkersProps) {
  const { stage, code, network, history, vault, statements, cell, deadLetters } = props
  const worker = new ImporterFunction<WorkerEnvironment>(scope, 'Worker', {
    stage,
    cell,
    entry: 'worker',
    code,
    description: 'Syncs one connection: asks the exchange and stores what is new',
    memorySize: 1024,
    timeout: workerTimeout,
    network,
    // A long import continues by a message to its own queue, which Lambda would take for a runaway after 16 turns. The
    // worker counts its hops and gives up when three make no progress.
    recursiveLoop: RecursiveLoop.ALLOW,
    environment: (bind) => ({
      TABLE_NAME: bind.bindTable(history),
      QUEUE_URL: bind.bindSyncQueues(),
      SECRET_PREFIX: bind.bindSecrets(vault, 'GetSecretValue'),
      ENVELOPE_TABLE: bind.bindEnvelopes(vault, 'open'),
      STATEMENT_BUCKET: bind.bindStatements(statements, 'merge'),
      MAX_DELIVERIES: String(maxDeliveries),
      CELL: stage.cells === 1 ? '' : String(cell),
      NIGHT_BEGINS: String(stage.night.begins),
      NIGHT_HOURS: String(stage.night.hours),
    }),
  })
  const watched = [inCell('worker-errors', cell), 'runs-failed']
  const working = liveVersion(scope, 'Worker', stage, worker, ...watched)
  for (const exchange of exchanges.keys()) {
    const queue = new Queue(scope, `Syncs-${exchange}`, {
      queueName: resourceName(stage, syncQueueName(laneOf(exchange, cell))),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: maxDeliveries },
    })
    working.addEventSource(new SqsEventSource(queue, { ...oneByOne, maxConcurrency: stage.workersAtOnce }))
  }
  return working
}
