import {
  Alarm,
  type ComparisonOperator,
  type IMetric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'
import { resourceName } from '../names.ts'

export type ImporterAlarmProps = {
  readonly stage: StageConfig
  readonly topic: ITopic
  /** The page of the runbook; absent: the one of its own name. */
  readonly page?: string
  /** One sentence: what users feel while this alarm rings. */
  readonly errorImpact: string
  /** The page of the console to look at first. */
  readonly look: string
  readonly metric: IMetric
  readonly comparisonOperator: ComparisonOperator
  readonly threshold: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm?: number
  readonly treatMissingData: TreatMissingData
}

/**
 * An alarm that says what users feel, where its page in the runbook is and where to look,
 * and that tells when it is over.
 */
export class ImporterAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: ImporterAlarmProps) {
    const { stage, topic, page = id, errorImpact, look, ...rest } = props
    super(scope, id, {
      ...rest,
      alarmName: resourceName(stage, id),
      alarmDescription: [
        `Impact: ${errorImpact}`,
        `Runbook: ${stage.runbookUrl}#${page}`,
        `Look: ${look}`,
      ].join('\n'),
    })
    this.addAlarmAction(new SnsAction(topic))
    this.addOkAction(new SnsAction(topic))
  }
}
