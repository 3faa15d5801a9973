import { Stack, type StackProps } from 'aws-cdk-lib'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { type SyncWorkersProps, syncWorkers } from './constructs/sync-workers.ts'
import { resourceName } from './names.ts'

export type CellStackProps = StackProps & Omit<SyncWorkersProps, 'deadLetters'>

/** The queues and workers of a cell more, behind addresses of its own. What nobody could sync goes where it goes from the first. */
export class CellStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, code, network, history, vault, statements, cell, ...props }: CellStackProps,
  ) {
    super(scope, id, props)
    const deadLetters = Queue.fromQueueArn(
      this,
      'DeadLetters',
      this.formatArn({ service: 'sqs', resource: resourceName(stage, 'dead-letters') }),
    )
    syncWorkers(this, { stage, code, network, history, vault, statements, cell, deadLetters })
  }
}
