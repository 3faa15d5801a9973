/** `calls` within any `per` milliseconds; whoever goes on beyond them is shut out for `block` milliseconds, if that is said. */
export type Limit = {
  readonly calls: number
  readonly per: number
  readonly block?: number
  /** As how many calls this one counts; 1 where nothing is said. */
  readonly weight?: number
}

export type LimitUse = {
  readonly allowed: boolean
  /** Calls in the window, this one included when it was allowed. */
  readonly used: number
  /** Until when the caller is shut out; the time of the call where he is not. */
  readonly until: number
}

export type Limits = (who: string, limit: Limit, now: number) => LimitUse

/** `sliding`: any so many milliseconds are looked at; `fixed`: time is cut, and each piece begins with nothing used. */
export type LimitWindows = 'sliding' | 'fixed'

/** Counts calls; a refused call does not count. */
export function createLimits(windows: () => LimitWindows): Limits {
  const calls = new Map<string, { readonly time: number; readonly weight: number }[]>()
  const blocks = new Map<string, number>()
  return (who, limit, now) => {
    const { weight = 1 } = limit
    const begin = windows() === 'fixed' ? Math.floor(now / limit.per) * limit.per - 1 : now - limit.per
    const recent = (calls.get(who) ?? []).filter(({ time }) => time > begin)
    const used = recent.reduce((sum, call) => sum + call.weight, 0)
    const blockedUntil = blocks.get(who) ?? now
    const allowed = used + weight <= limit.calls && blockedUntil <= now
    if (allowed) recent.push({ time: now, weight })
    else if (blockedUntil <= now) blocks.set(who, now + (limit.block ?? 0))
    calls.set(who, recent)
    return { allowed, used: allowed ? used + weight : used, until: Math.max(now, blocks.get(who) ?? now) }
  }
}
