import { expect } from 'vitest'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'

export const owner = { user: 'ann', connection: 'c1' }

/** Numbers of the stored fills, in order. */
export async function numbersIn(dataDir: string): Promise<number[]> {
  const store = await openEmbeddedStore({ dataDir })
  try {
    const numbers: number[] = []
    for await (const { tradeId } of transactionStore(store.table).each(owner)) numbers.push(Number(tradeId))
    return numbers
  } finally {
    await store.close()
  }
}

export async function openingError(dataDir: string): Promise<string> {
  const error = await openEmbeddedStore({ dataDir }).then(
    () => undefined,
    (caught: unknown) => caught,
  )
  const message = error instanceof Error ? error.message : ''
  expect(message).toMatch(/^[^\n]+[^.\n]\.$/)
  return message
}
