import type { AwsCall } from './emulators.ts'

type Put = { readonly Item?: { readonly PK?: { S?: string }; readonly SK?: { S?: string } } }
type BatchItem = { readonly PutRequest?: Put }

/** The sort key of every transaction that was put into the table, in order. */
export function transactionWrites(calls: readonly AwsCall[]): readonly string[] {
  return calls.flatMap(putsOf).filter((key) => key.includes(' TX#'))
}

function putsOf({ service, operation, input }: AwsCall): readonly string[] {
  if (service !== 'DynamoDB') return []
  if (operation === 'PutItem') return [keyOf(input as Put)]
  if (operation !== 'BatchWriteItem') return []
  const tables = Object.values((input.RequestItems ?? {}) as Record<string, readonly BatchItem[]>)
  return tables.flat().flatMap(({ PutRequest }) => (PutRequest === undefined ? [] : [keyOf(PutRequest)]))
}

function keyOf({ Item }: Put): string {
  return `${Item?.PK?.S ?? ''} ${Item?.SK?.S ?? ''}`
}
