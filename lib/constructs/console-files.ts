import {
  CfnElement,
  DefaultStackSynthesizer,
  Duration,
  RemovalPolicy,
  Stack,
  Token,
  Validations,
} from 'aws-cdk-lib'
import type { UserPoolClient } from 'aws-cdk-lib/aws-cognito'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'
import type { Site } from '../site.ts'

/**
 * Puts the console into its bucket, with what it has to know of this stage in `console.json`. Assets of before stay: a page that is
 * open still asks for its own. With the stack, everything goes.
 */
export function consoleFiles(
  scope: Construct,
  stage: StageConfig,
  {
    site,
    bucket,
    signIn,
  }: {
    readonly site: Site
    readonly bucket: Bucket
    readonly signIn: { readonly page: string; readonly client: UserPoolClient }
  },
): void {
  const common = {
    destinationBucket: bucket,
    prune: false,
    retainOnDelete: false,
    logGroup: new LogGroup(scope, 'ConsoleFilesLog', {
      retention: stage.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    }),
  }
  const assets = new BucketDeployment(scope, 'ConsoleAssets', {
    ...common,
    sources: [Source.asset(site.assets)],
    destinationKeyPrefix: 'assets/',
    cacheControl: [
      CacheControl.setPublic(),
      CacheControl.maxAge(Duration.days(365)),
      CacheControl.immutable(),
    ],
  })
  const settings = {
    signIn: { page: signIn.page, clientId: signIn.client.userPoolClientId },
  }
  const pages = new BucketDeployment(scope, 'ConsolePages', {
    ...common,
    sources: [Source.asset(site.pages), Source.jsonData('console.json', settings)],
    cacheControl: [CacheControl.noStore()],
  })
  // A page never names a file that is not there yet.
  pages.node.addDependency(assets)
  acknowledge(scope, bucket)
}

/** CDK's own function for this, in Python, with what CDK lets it do. */
function acknowledge(scope: Construct, bucket: Bucket): void {
  const stack = Stack.of(scope)
  const account = Token.isUnresolved(stack.account) ? '<AWS::AccountId>' : stack.account
  const assets = `arn:aws:s3:::cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-${account}-${stack.region}`
  const wide = [
    ...['GetBucket*', 'GetObject*', 'List*', 'Abort*', 'DeleteObject*'].map(
      (action) => `Action::s3:${action}`,
    ),
    `Resource::${assets}/*`,
    `Resource::<${logicalId(bucket)}.Arn>/*`,
  ]
  const reason =
    'CDK’s own function copies the built console from the files of this deployment into its bucket, and CDK writes what it may do. It runs only while somebody deploys.'
  for (const one of stack.node.children)
    if (one.node.id.startsWith('Custom::CDKBucketDeployment'))
      Validations.of(one).acknowledge(
        { id: 'AwsSolutions-L1', reason },
        {
          id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
          reason,
        },
        ...wide.map((what) => ({ id: `AwsSolutions-IAM5[${what}]`, reason })),
      )
}

function logicalId(bucket: Bucket): string {
  const { defaultChild } = bucket.node
  if (!CfnElement.isCfnElement(defaultChild)) throw new Error('A bucket has become something else.')
  return Stack.of(bucket).getLogicalId(defaultChild)
}
