import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import type { IUserPool } from 'aws-cdk-lib/aws-cognito'
import {
  AttributeType,
  Billing,
  type ITableV2,
  ProjectionType,
  TableClass,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms'
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { envelopeKey, tableSchema } from '../lambdas/adapters/table-schema.ts'
import type { StageConfig } from './config.ts'
import { backups } from './constructs/backups.ts'
import type { Exports, History, Statements, Vault } from './constructs/importer-function.ts'
import { usersOf } from './constructs/users.ts'
import { resourceName, secretPrefix } from './names.ts'

const attributeTypes = { S: AttributeType.STRING, N: AttributeType.NUMBER }

/** What must outlive every deployment: the table with all histories, the exports, and the keys that encrypt them. */
export class DataStack extends Stack {
  readonly history: History
  readonly vault: Vault
  readonly exports: Exports
  readonly statements: Statements
  readonly users: IUserPool

  constructor(
    scope: Construct,
    id: string,
    { stage, ...props }: StackProps & { readonly stage: StageConfig },
  ) {
    super(scope, id, props)
    const { existing } = stage
    const key =
      existing.table === undefined
        ? this.keptKey('TableKey', 'Encrypts the transaction histories')
        : Key.fromKeyArn(this, 'TableKey', existing.table.keyArn)
    const table =
      existing.table === undefined
        ? this.newTable(stage, key)
        : TableV2.fromTableName(this, 'Table', existing.table.name)
    this.history = { table, key }

    // The kill switch: Secrets Manager asks this key at every read of a secret, so whoever disables it stops them all.
    const credentialsKey =
      existing.credentialsKeyArn === undefined
        ? this.keptKey(
            'CredentialsKey',
            'Encrypts the credentials of users; disabled, nobody can read any of them',
          )
        : Key.fromKeyArn(this, 'CredentialsKey', existing.credentialsKeyArn)
    // The name leads the kill switch to the key, whichever it is, and goes with the stack.
    new Alias(this, 'CredentialsKeyName', {
      aliasName: `alias/${resourceName(stage, 'credentials')}`,
      targetKey: credentialsKey,
    })
    this.vault = { prefix: secretPrefix(stage), key: credentialsKey, envelopes: this.envelopes(stage) }

    this.exports = {
      bucketName: this.exportsBucket(stage, key).bucketName,
      inFindings: this.inFindings('PublishOutputRefExports25637AFB41D6A171'),
      key,
    }
    const statements = this.statementsBucket(stage, key)
    this.statements = {
      bucketName: statements.bucketName,
      inFindings: this.inFindings('PublishOutputRefStatements828F3E36104CD16A'),
      key,
    }
    this.users = usersOf(this, stage)
    backups(this, stage, { table, statements, encryptionKey: key })

    new CfnOutput(this, 'TableName', { value: table.tableName })
    new CfnOutput(this, 'TableKeyArn', { value: key.keyArn })
    new CfnOutput(this, 'ExportsName', { value: this.exports.bucketName })
    new CfnOutput(this, 'StatementsName', { value: statements.bucketName })
    new CfnOutput(this, 'UserPoolId', { value: this.users.userPoolId })
    new CfnOutput(this, 'CredentialsKeyArn', {
      description: 'The kill switch: aws kms disable-key --key-id …',
      value: credentialsKey.keyArn,
    })
  }

  /** How cdk-nag prints the name of a bucket to which another stack refers: by CDK's name for that output. */
  private inFindings(OutputName: string): string {
    return JSON.stringify({
      'Fn::GetStackOutput': { StackName: this.stackName, Region: this.region, OutputName },
    })
  }

  /** A key outlives what it encrypts; one of a deployment that failed has encrypted nothing. */
  private keptKey(id: string, description: string): Key {
    return new Key(this, id, {
      description,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    })
  }

  private newTable({ tableClass }: StageConfig, key: IKey): ITableV2 {
    return new TableV2(this, 'Table', {
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
      ...(tableClass === 'infrequent-access' && { tableClass: TableClass.STANDARD_INFREQUENT_ACCESS }),
      encryption: TableEncryptionV2.customerManagedKey(key),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
  }

  /**
   * What was deleted here is gone: no recovery copy keeps an envelope whose user was told that it is destroyed. If the table is
   * lost, users connect their keys again; that is less than a copy of every key somewhere.
   */
  private envelopes(stage: StageConfig): ITableV2 | undefined {
    if (stage.vault !== 'envelopes') return undefined
    const { envelopes } = stage.existing
    const table =
      envelopes === undefined
        ? new TableV2(this, 'Envelopes', {
            partitionKey: { name: envelopeKey, type: AttributeType.STRING },
            billing: Billing.onDemand(),
            pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
            deletionProtection: true,
            removalPolicy: RemovalPolicy.RETAIN,
          })
        : TableV2.fromTableName(this, 'Envelopes', envelopes)
    new CfnOutput(this, 'EnvelopesName', { value: table.tableName })
    return table
  }

  /**
   * Both buckets are kept, since one that is not empty cannot be deleted, and have names that nobody chose, since one that
   * is kept keeps its name. What is in them goes by itself.
   */
  private exportsBucket(stage: StageConfig, encryptionKey: IKey): Bucket {
    // Who opened an export, by a link that somebody may have passed on, is worth knowing afterwards.
    const accessLog = this.accessLog('ExportsAccessLog', stage)
    return new Bucket(this, 'Exports', {
      ...closed(encryptionKey),
      serverAccessLogsBucket: accessLog,
      lifecycleRules: [
        {
          // An export can be made again from the table at any time; a copy that lies about can only be lost.
          id: 'expire',
          expiration: Duration.days(7),
          // A very large file is written in several turns.
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
    })
  }

  private accessLog(id: string, stage: StageConfig): Bucket {
    return new Bucket(this, id, {
      ...closed(),
      lifecycleRules: [{ id: 'forget', expiration: Duration.days(stage.logRetentionDays) }],
    })
  }

  /**
   * Statement files, which often exist nowhere else by now: nothing in it goes by itself, and what was deleted or written over can be
   * brought back for as long as a recovery point of the table.
   */
  private statementsBucket(stage: StageConfig, encryptionKey: IKey): Bucket {
    return new Bucket(this, 'Statements', {
      ...closed(encryptionKey),
      serverAccessLogsBucket: this.accessLog('StatementsAccessLog', stage),
      versioned: true,
      // What a key of a deleted object leaves behind names its user: it goes with the last version.
      lifecycleRules: [
        { id: 'forget', noncurrentVersionExpiration: Duration.days(35), expiredObjectDeleteMarker: true },
      ],
      // The console sends files here itself. An address that takes one is signed, for that file, and for minutes.
      cors: [
        {
          allowedMethods: [HttpMethods.PUT],
          allowedOrigins: ['https://*'],
          allowedHeaders: ['x-amz-checksum-sha256'],
        },
      ],
    })
  }
}

/** A bucket that nobody but us looks into, that takes nothing in the clear, and is kept. Without a key, S3 encrypts with its own. */
function closed(encryptionKey?: IKey) {
  return {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    ...(encryptionKey === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  }
}

function attribute({ name, type }: { readonly name: string; readonly type: 'S' | 'N' }) {
  return { name, type: attributeTypes[type] }
}
