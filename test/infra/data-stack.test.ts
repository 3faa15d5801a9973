import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { tableSchema } from '../../lambdas/adapters/table-schema.ts'
import { stageInput } from './stage-input.ts'
import { templateOf } from './synthesise.ts'

describe('The data stack', () => {
  const template = templateOf('data', stageInput('prod'))

  it('has one table, whose keys are those of the shared schema', () => {
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 1)
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: [
        { AttributeName: tableSchema.partitionKey.name, KeyType: 'HASH' },
        { AttributeName: tableSchema.sortKey.name, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: Match.arrayWith([
        { AttributeName: 'PK', AttributeType: 'S' },
        { AttributeName: 'SK', AttributeType: 'S' },
        { AttributeName: 'dueShard', AttributeType: 'S' },
        { AttributeName: 'dueAt', AttributeType: 'N' },
      ]),
    })
  })

  it('has an index of connections that are due', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      GlobalSecondaryIndexes: [
        {
          IndexName: 'due',
          KeySchema: [
            { AttributeName: 'dueShard', KeyType: 'HASH' },
            { AttributeName: 'dueAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    })
  })

  it('pays by request', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', { BillingMode: 'PAY_PER_REQUEST' })
  })

  it('can be restored to any second of the last weeks, in every replica', () => {
    template.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [
        Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
      ],
    })
  })

  it('has a key for histories and one for credentials, which rotate', () => {
    template.resourceCountIs('AWS::KMS::Key', 2)
    template.allResourcesProperties('AWS::KMS::Key', { EnableKeyRotation: true })
  })

  it('encrypts the table with the key for histories', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [
        Match.objectLike({
          SSESpecification: {
            KMSMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TableKey'), 'Arn'] },
          },
        }),
      ],
    })
  })

  it('names the key for credentials, so that the kill switch is found in a hurry', () => {
    template.hasResourceProperties('AWS::KMS::Alias', {
      AliasName: 'alias/exchange-history-prod-credentials',
      TargetKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^CredentialsKey'), 'Arn'] },
    })
  })

  it('leaves table and keys behind when it is deleted or replaced', () => {
    template.allResources('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    })
    // A key that a failed deployment has made encrypted nothing.
    template.allResources('AWS::KMS::Key', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    })
  })

  it('takes back what it had left behind: table, keys and users', () => {
    const key = (id: string) => `arn:aws:kms:us-east-1:123456789012:key/${id}`
    const back = templateOf(
      'data',
      stageInput('prod', {
        existing: {
          table: { name: 'restored', keyArn: key('1') },
          credentialsKeyArn: key('2'),
          userPoolId: 'us-east-1_abc',
        },
      }),
    )
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::KMS::Key', 'AWS::Cognito::UserPool'])
      back.resourceCountIs(type, 0)
    back.hasOutput('TableName', { Value: 'restored' })
    back.hasOutput('UserPoolId', { Value: 'us-east-1_abc' })
    back.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/exchange-history-prod-credentials' })
  })

  it('refuses to let anybody delete the table', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [Match.objectLike({ DeletionProtectionEnabled: true })],
    })
  })

  it('lets runs expire', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    })
  })

  const buckets = ['Exports', 'ExportsAccessLog'].map((name) => {
    const found = Object.entries(template.findResources('AWS::S3::Bucket')).find(([id]) =>
      new RegExp(`^${name}[0-9A-F]{8}$`).test(id),
    )
    return { name, id: found?.[0], bucket: found?.[1] }
  })

  it.each(buckets)('opens $name to nobody, and to nothing but TLS', ({ id, bucket }) => {
    expect(bucket?.Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    })
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: id },
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    })
  })

  it('encrypts exports with the key for histories, and forgets them after a week', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TableKey'), 'Arn'] },
            },
          },
        ],
      },
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({
            ExpirationInDays: 7,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
            Status: 'Enabled',
          }),
        ],
      },
    })
  })

  it.each(['dev', 'prod'] as const)(
    'leaves buckets of %s behind, which cannot be deleted while they hold something',
    (name) => {
      templateOf('data', stageInput(name)).allResources('AWS::S3::Bucket', {
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      })
    },
  )

  it('is what was reviewed', () => {
    expect(template.toJSON()).toMatchSnapshot()
  })
})
