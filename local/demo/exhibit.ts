import { streamNames } from '../../lambdas/domain/coverage-words.ts'
import type { StreamKind } from '../../lambdas/domain/stream.ts'
import type { HeldHistory } from './compare.ts'

/** A simulated exchange that is shown, with the account that it holds. */
export type Exhibit = {
  readonly id: string
  readonly name: string
  /** Where it answers, and how an importer is told of it and of a key. */
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  /** What the account has, a line each. */
  readonly holds: readonly string[]
  readonly held: readonly HeldHistory[]
  close(): Promise<void>
}

export function heldHistory(
  stream: StreamKind,
  rows: HeldHistory['rows'],
  more: Partial<Omit<HeldHistory, 'stream' | 'rows'>> = {},
): HeldHistory {
  return { name: streamNames[stream], stream, field: 'amount', rows, ...more }
}

/** How many share the same time. */
export function busiest(times: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const time of times) counts.set(time, (counts.get(time) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}
