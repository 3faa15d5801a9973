import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { tableSchema } from '../lambdas/adapters/table-schema.ts'

const attributeTypes = { S: AttributeType.STRING, N: AttributeType.NUMBER }

/** What must outlive every deployment: the table with all histories and the key that encrypts it. */
export class DataStack extends Stack {
  readonly table: TableV2

  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)

    const key = new Key(this, 'TableKey', {
      description: 'Encrypts the transaction histories',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })

    this.table = new TableV2(this, 'Table', {
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
  }
}

function attribute({ name, type }: { readonly name: string; readonly type: 'S' | 'N' }) {
  return { name, type: attributeTypes[type] }
}
