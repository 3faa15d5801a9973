import { day } from '../../lambdas/domain/window.ts'
import {
  type AccountOptions,
  generateAccount,
  type SimulatedAccount,
} from '../../local/simulated-bitmart/account.ts'
import type { SpotFillRow } from '../../local/simulated-bitmart/spot-fills.ts'

/** How an account is made, as data, so that another process can make the same one. */
export type Recipe = Omit<AccountOptions, 'seed' | 'now'> & {
  /** How many spot fills share each millisecond, instead of the generator's mixture. */
  readonly perMillisecond?: number
  /** With `perMillisecond`: so many fills are younger than the burst. */
  readonly afterBurst?: number
}

const seed = 20_261_121

/** The same recipe at the same time makes the same account. */
export function makeAccount(recipe: Recipe, now: number): SimulatedAccount {
  const { perMillisecond, afterBurst = 0, ...sizes } = recipe
  const account = generateAccount({ ...sizes, seed, now })
  if (perMillisecond === undefined) return account
  const { burst, others } = splitBurst(account.spotFills, sizes.spotBurst ?? 0)
  const before = others.slice(0, others.length - afterBurst)
  const groups = [
    ...inGroups(before, perMillisecond),
    burst,
    ...inGroups(others.slice(before.length), perMillisecond),
  ]
  const instants = groups.filter((group) => group.length > 0)
  const earliest = now - (sizes.days ?? 80) * day
  const step = Math.floor((now - day - earliest) / instants.length)
  return {
    ...account,
    spotFills: instants.flatMap((group, index) => {
      const time = earliest + index * step
      return group.map((fill) => ({ ...fill, createTime: time, updateTime: time }))
    }),
  }
}

function splitBurst(fills: readonly SpotFillRow[], size: number) {
  const counts = new Map<number, number>()
  for (const { createTime } of fills) counts.set(createTime, (counts.get(createTime) ?? 0) + 1)
  const burstTime = [...counts].find(([, count]) => size > 0 && count >= size)?.[0]
  return {
    burst: fills.filter((fill) => fill.createTime === burstTime),
    others: fills.filter((fill) => fill.createTime !== burstTime),
  }
}

function inGroups(fills: readonly SpotFillRow[], size: number): SpotFillRow[][] {
  return Array.from({ length: Math.ceil(fills.length / size) }, (_, index) =>
    fills.slice(index * size, (index + 1) * size),
  )
}
