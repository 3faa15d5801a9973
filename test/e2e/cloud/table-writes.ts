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

type CoverageItem = NonNullable<Put['Item']> & {
  readonly covered?: unknown
  readonly unverified?: { readonly L?: readonly { readonly M: { readonly to: { readonly N: string } } }[] }
}

/** What the table was last told about each partition, by `spot-trade spot` and the like. */
function coverageItems(calls: readonly AwsCall[]): ReadonlyMap<string, CoverageItem> {
  const latest = new Map<string, CoverageItem>()
  for (const { operation, input } of calls) {
    const { Item } = input as { Item?: CoverageItem }
    const [kind, stream, partition] = Item?.SK?.S?.split('#') ?? []
    if (operation === 'PutItem' && kind === 'COVERAGE' && Item !== undefined)
      latest.set(`${stream} ${partition}`, Item)
  }
  return latest
}

/** What is covered and unverified, as text that changes whenever that does. */
export function coverageWritten(calls: readonly AwsCall[]): string {
  return JSON.stringify([...coverageItems(calls)].map(([, { covered, unverified }]) => [covered, unverified]))
}

/** How far each partition has been asked about times that nobody can vouch for, in epoch milliseconds. */
export function unverifiedUntil(calls: readonly AwsCall[]): ReadonlyMap<string, number> {
  return new Map(
    [...coverageItems(calls)].map(([partition, { unverified }]) => [
      partition,
      Number(unverified?.L?.at(-1)?.M.to.N ?? 0),
    ]),
  )
}
