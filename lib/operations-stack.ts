import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { alarmsOf, type Deployed } from './alarms.ts'
import type { StageConfig } from './config.ts'
import { ImporterAlarm } from './constructs/importer-alarm.ts'
import { businessDashboard, technicalDashboard } from './dashboards.ts'
import { figuresOf } from './figures.ts'
import { resourceName } from './names.ts'

export type OperationsStackProps = StackProps & Deployed & { readonly stage: StageConfig }

/** Tells whoever is on call what is wrong, and shows everybody how it goes. */
export class OperationsStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, tableName, natGateways, ...props }: OperationsStackProps,
  ) {
    super(scope, id, props)

    const topic = new Topic(this, 'Alarms', { topicName: resourceName(stage, 'alarms'), enforceSSL: true })
    // A topic with a policy of its own has no other one: without this, no alarm could tell anybody.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    )
    if (stage.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(stage.alarmEmail))

    if (stage.monthlyBudget !== undefined && stage.alarmEmail !== undefined)
      budget(this, stage, stage.monthlyBudget, stage.alarmEmail)

    const figures = figuresOf(stage)
    const deployed = { tableName, natGateways }
    const alarms = Object.entries(alarmsOf(stage, figures, deployed)).map(
      ([name, definition]) => new ImporterAlarm(this, name, { stage, topic, ...definition }),
    )
    businessDashboard(this, stage, figures, alarms)
    technicalDashboard(this, stage, figures, alarms, deployed)

    new CfnOutput(this, 'AlarmTopic', { value: topic.topicArn })
  }
}

/** Of the whole account: by a tag, it would say nothing until somebody switched on that the tag is counted. */
function budget(scope: Construct, stage: StageConfig, dollars: number, address: string): void {
  const tell = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
    notification: {
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      comparisonOperator: 'GREATER_THAN',
    },
    subscribers: [{ subscriptionType: 'EMAIL', address }],
  })
  new CfnBudget(scope, 'Budget', {
    budget: {
      budgetName: resourceName(stage, 'budget'),
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: dollars, unit: 'USD' },
    },
    notificationsWithSubscribers: [tell('ACTUAL', 80), tell('FORECASTED', 100)],
  })
}
