import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { tableSchema } from '../lambdas/adapters/table-schema.ts'
import type { StageConfig } from './config.ts'
import type { Exports, History, Vault } from './constructs/importer-function.ts'
import { exportsBucketName, resourceName, secretPrefix } from './names.ts'

const attributeTypes = { S: AttributeType.STRING, N: AttributeType.NUMBER }

/** What must outlive every deployment: the table with all histories, the exports, and the keys that encrypt them. */
export class DataStack extends Stack {
  readonly history: History
  readonly vault: Vault
  readonly exports: Exports

  constructor(
    scope: Construct,
    id: string,
    { stage, ...props }: StackProps & { readonly stage: StageConfig },
  ) {
    super(scope, id, props)
    const removalPolicy = stage.name === 'prod' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY

    const key = new Key(this, 'TableKey', {
      description: 'Encrypts the transaction histories',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })

    const table = new TableV2(this, 'Table', {
      partitionKey: attribute(tableSchema.partitionKey),
      sortKey: attribute(tableSchema.sortKey),
      globalSecondaryIndexes: [
        {
          indexName: tableSchema.dueIndex.name,
          partitionKey: attribute(tableSchema.dueIndex.partitionKey),
          sortKey: attribute(tableSchema.dueIndex.sortKey),
          projectionType: ProjectionType.ALL,
        },
      ],
      timeToLiveAttribute: tableSchema.timeToLive,
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(key),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.history = { table, key }

    // The kill switch: Secrets Manager asks this key at every read of a secret, so whoever disables it stops them all.
    this.vault = {
      prefix: secretPrefix(stage),
      key: new Key(this, 'CredentialsKey', {
        description: 'Encrypts the credentials of users; disabled, nobody can read any of them',
        alias: `alias/${resourceName(stage, 'credentials')}`,
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
    }

    // Who opened an export, by a link that somebody may have passed on, is worth knowing afterwards.
    const accessLog = new Bucket(this, 'ExportsAccessLog', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      encryption: BucketEncryption.S3_MANAGED,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ id: 'forget', expiration: Duration.days(stage.logRetentionDays) }],
      removalPolicy,
    })
    const bucketName = exportsBucketName(stage, this)
    new Bucket(this, 'Exports', {
      bucketName,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: accessLog,
      lifecycleRules: [
        {
          // An export can be made again from the table at any time; a copy that lies about can only be lost.
          id: 'expire',
          expiration: Duration.days(7),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy,
    })
    this.exports = { bucketName, key }

    new CfnOutput(this, 'TableName', { value: table.tableName })
    new CfnOutput(this, 'CredentialsKeyArn', {
      description: 'The kill switch: aws kms disable-key --key-id …',
      value: this.vault.key.keyArn,
    })
  }
}

function attribute({ name, type }: { readonly name: string; readonly type: 'S' | 'N' }) {
  return { name, type: attributeTypes[type] }
}
