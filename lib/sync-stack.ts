import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type {
  CatalogueEnvironment,
  MoverEnvironment,
  PlannerEnvironment,
  SweeperEnvironment,
  WorkerEnvironment,
} from '../lambdas/sync/env.ts'
import type { EntryName } from './bundle.ts'
import type { StageConfig } from './config.ts'
import { liveVersion } from './constructs/gradual.ts'
import type { FixedAddresses, History, Vault } from './constructs/importer-function.ts'
import { ImporterFunction } from './constructs/importer-function.ts'
import { resourceName } from './names.ts'

export type SyncStackProps = StackProps & {
  readonly stage: StageConfig
  readonly code: ReadonlyMap<EntryName, { readonly directory: string }>
  readonly network: FixedAddresses | undefined
  readonly history: History
  readonly vault: Vault
}

const workerTimeout = Duration.minutes(5)
/** How often a message is delivered before it counts as dead. */
const maxDeliveries = 4

/** Whatever is synced: the queue of connections, what puts them in, what takes them out, and what cleans up. */
export class SyncStack extends Stack {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(
    scope: Construct,
    id: string,
    { stage, code, network, history, vault, ...props }: SyncStackProps,
  ) {
    super(scope, id, props)

    // Six times the worker's time, as SQS wants it, so that no second worker takes a message that the first still has.
    const visibilityTimeout = Duration.minutes(6 * workerTimeout.toMinutes())
    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: resourceName(stage, 'dead-letters'),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod: Duration.days(14),
    })
    this.queue = new Queue(this, 'Syncs', {
      queueName: resourceName(stage, 'syncs'),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: maxDeliveries },
    })

    const worker = new ImporterFunction<WorkerEnvironment>(this, 'Worker', {
      stage,
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
        QUEUE_URL: bind.bindQueue(this.queue),
        SECRET_PREFIX: bind.bindSecrets(vault, 'GetSecretValue'),
        ENVELOPE_TABLE: bind.bindEnvelopes(vault, 'open'),
        MAX_DELIVERIES: String(maxDeliveries),
        NIGHT_BEGINS: String(stage.night.begins),
        NIGHT_HOURS: String(stage.night.hours),
      }),
    })
    const oneByOne = { batchSize: 1, reportBatchItemFailures: true }
    const working = liveVersion(this, 'Worker', stage, worker, 'worker-errors', 'runs-failed')
    working.addEventSource(
      new SqsEventSource(this.queue, { ...oneByOne, maxConcurrency: stage.workersAtOnce }),
    )
    // Switched on by whoever has put right what went wrong, and off again when the queue is empty: see the runbook.
    working.addEventSource(
      new SqsEventSource(this.deadLetters, { ...oneByOne, maxConcurrency: 2, enabled: false }),
    )

    const planner = new ImporterFunction<PlannerEnvironment>(this, 'Planner', {
      stage,
      entry: 'planner',
      code,
      description: 'Puts the connections whose sync is due into the queue',
      memorySize: 512,
      timeout: Duration.minutes(5),
      // The next minute does what this one did not, so nothing is tried twice.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
      environment: (bind) => ({
        TABLE_NAME: bind.bindTableAndIndex(history),
        QUEUE_URL: bind.bindQueue(this.queue),
      }),
    })
    const catalogue = new ImporterFunction<CatalogueEnvironment>(this, 'Catalogue', {
      stage,
      entry: 'catalogue',
      code,
      description: "Keeps the exchanges' markets, with the sizes of their contracts",
      memorySize: 512,
      timeout: Duration.minutes(5),
      network,
      // The next turn is a day away.
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      environment: (bind) => ({ TABLE_NAME: bind.bindTable(history) }),
    })
    const sweeper = new ImporterFunction<SweeperEnvironment>(this, 'Sweeper', {
      stage,
      entry: 'sweeper',
      code,
      description: 'Finishes what a crash interrupted while a key was connected or disconnected',
      memorySize: 512,
      timeout: Duration.minutes(5),
      retryAttempts: 0,
      maxEventAge: Duration.minutes(30),
      environment: (bind) => ({
        TABLE_NAME: bind.bindTable(history),
        SECRET_PREFIX: bind.bindSecrets(vault, 'DeleteSecret'),
        ENVELOPE_TABLE: bind.bindEnvelopes(vault, 'destroy'),
      }),
    })

    if (stage.moveCredentials)
      new ImporterFunction<MoverEnvironment>(this, 'Mover', {
        stage,
        entry: 'mover',
        code,
        description:
          'Moves credentials from one vault to the other: invoked by hand, and taken away afterwards',
        memorySize: 512,
        timeout: Duration.minutes(15),
        retryAttempts: 0,
        environment: (bind) => ({
          TABLE_NAME: bind.bindTableAndIndex(history),
          SECRET_PREFIX: bind.bindSecrets(vault, 'CreateSecret', 'GetSecretValue', 'DeleteSecret'),
          ENVELOPE_TABLE: bind.bindEnvelopes(vault, 'seal', 'open', 'destroy'),
          SECRET_KEY_ARN: vault.key.keyArn,
        }),
      })

    const scheduled = [
      {
        id: 'EveryMinute',
        target: planner,
        every: Duration.minutes(1),
        retries: 0,
        patience: Duration.minutes(1),
      },
      {
        id: 'EveryHour',
        target: sweeper,
        every: Duration.hours(1),
        retries: 1,
        patience: Duration.minutes(30),
      },
      {
        id: 'EveryDay',
        target: catalogue,
        every: Duration.days(1),
        retries: 10,
        patience: Duration.hours(6),
      },
    ]
    const role = new Role(this, 'SchedulerRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
      description: 'Lets the scheduler invoke what is scheduled',
    })
    const { policyDependable } = role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: scheduled.map(({ target }) => target.functionArn),
      }),
    )
    // A rate and not an hour of the day: the first turn comes with the deployment. What could not be delivered goes to
    // no dead-letter queue, since an old turn is worth nothing once the next has come; that turns stay away, an alarm
    // tells.
    for (const { id, target, every, retries, patience } of scheduled) {
      const schedule = new Schedule(this, id, {
        schedule: ScheduleExpression.rate(every),
        target: new LambdaInvoke(target, {
          // The target would allow itself every version of the function too.
          role: role.withoutPolicyUpdates(),
          retryAttempts: retries,
          maxEventAge: patience,
          input: ScheduleTargetInput.fromObject({}),
        }),
      })
      // The first turn comes at once, and would not be allowed yet.
      if (policyDependable !== undefined) schedule.node.addDependency(policyDependable)
    }
  }
}
