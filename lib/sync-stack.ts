import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler'
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { firstCell } from '../lambdas/domain/cell.ts'
import type {
  CatalogueEnvironment,
  MoverEnvironment,
  PlannerEnvironment,
  SweeperEnvironment,
} from '../lambdas/sync/env.ts'
import { ImporterFunction } from './constructs/importer-function.ts'
import { oneByOne, type SyncWorkersProps, syncWorkers, visibilityTimeout } from './constructs/sync-workers.ts'
import { resourceName } from './names.ts'

export type SyncStackProps = StackProps & Omit<SyncWorkersProps, 'cell' | 'deadLetters'>

/** Whatever is synced: the queues of connections, what puts them in, what takes them out of those of the first cell, and what cleans up. */
export class SyncStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, code, network, history, vault, statements, ...props }: SyncStackProps,
  ) {
    super(scope, id, props)

    const deadLetters = new Queue(this, 'DeadLetters', {
      queueName: resourceName(stage, 'dead-letters'),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout,
      retentionPeriod: Duration.days(14),
    })
    const working = syncWorkers(this, {
      stage,
      code,
      network,
      history,
      vault,
      statements,
      cell: firstCell,
      deadLetters,
    })
    // Switched on by whoever has put right what went wrong, and off again when the queue is empty: see the runbook. Those of another
    // cell are handed on to it.
    working.addEventSource(
      new SqsEventSource(deadLetters, { ...oneByOne, maxConcurrency: 2, enabled: false }),
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
        QUEUE_URL: bind.bindSyncQueues(),
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
        STATEMENT_BUCKET: bind.bindStatements(statements, 'forget'),
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
