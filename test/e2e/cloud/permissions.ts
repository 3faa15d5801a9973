import { expect } from 'vitest'
import type { AwsCall } from './emulators.ts'

export type Statement = {
  readonly Effect: 'Allow' | 'Deny'
  /** `dynamodb:PutItem`; a `*` stands for any letters. */
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
}

/** Fails where a function has called what its role does not allow. Conditions of statements are not looked at. */
export function expectCallsAllowed(
  roles: ReadonlyMap<string, readonly Statement[]>,
  calls: readonly AwsCall[],
): void {
  const denied = new Set<string>()
  for (const call of calls) {
    const statements = roles.get(call.caller)
    if (statements === undefined) continue
    for (const resource of resourcesOf(call)) {
      const action = actionOf(call)
      if (!isAllowed(statements, action, resource)) denied.add(`${call.caller}: ${action} of ${resource}`)
    }
  }
  expect([...denied], 'calls that no role allows').toEqual([])
}

function isAllowed(statements: readonly Statement[], action: string, resource: string): boolean {
  const says = (effect: Statement['Effect']) =>
    statements.some(
      ({ Effect, Action, Resource }) =>
        Effect === effect &&
        Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
        Resource.some((pattern) => matches(pattern, resource)),
    )
  return says('Allow') && !says('Deny')
}

function matches(pattern: string, text: string): boolean {
  const literal = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literal.join('.*')}$`).test(text)
}

/** SQS asks for the permission of the single operation where a batch is sent. */
function actionOf({ service, operation }: AwsCall): string {
  const permission = service === 'SQS' ? operation.replace(/Batch$/, '') : operation
  return `${service.toLowerCase()}:${permission}`
}

const here = 'us-east-1:123456789012'

/** The ARNs of what a call is about. */
function resourcesOf({ service, operation, input }: AwsCall): readonly string[] {
  const text = (key: string) => String(input[key] ?? '')
  switch (service) {
    case 'DynamoDB': {
      const tables =
        input.TableName === undefined ? Object.keys(Object(input.RequestItems)) : [text('TableName')]
      const index = input.IndexName === undefined ? '' : `/index/${input.IndexName}`
      return tables.map((table) => `arn:aws:dynamodb:${here}:table/${table}${index}`)
    }
    case 'SQS':
      return [`arn:aws:sqs:${here}:${text('QueueUrl').split('/').at(-1)}`]
    case 'SecretsManager': {
      const name = text('SecretId') || text('Name')
      return [name.startsWith('arn:') ? name : `arn:aws:secretsmanager:${here}:secret:${name}`]
    }
    case 'KMS': {
      const key = text('KeyId')
      // What was encrypted says itself by which key.
      if (key === '') return []
      return [key.startsWith('arn:') ? key : `arn:aws:kms:${here}:key/${key}`]
    }
    case 'S3': {
      const [bucket = '', ...key] = text('path').slice(1).split('/')
      if (operation === 'ListBucket') return [`arn:aws:s3:::${bucket}`]
      // Which ones are deleted at once stands in the body.
      return key.length === 0 ? [] : [`arn:aws:s3:::${bucket}/${decodeURIComponent(key.join('/'))}`]
    }
  }
}
