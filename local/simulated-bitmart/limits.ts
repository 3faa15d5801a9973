/** `calls` within any `per` milliseconds. */
export type Limit = { readonly calls: number; readonly per: number }

export type LimitUse = {
  readonly allowed: boolean
  /** Calls in the window, this one included when it was allowed. */
  readonly used: number
}

export type Limits = (who: string, limit: Limit, now: number) => LimitUse

/** Counts calls in a sliding window; a refused call does not count. */
export function createLimits(): Limits {
  const calls = new Map<string, number[]>()
  return (who, limit, now) => {
    const recent = (calls.get(who) ?? []).filter((time) => time > now - limit.per)
    const allowed = recent.length < limit.calls
    if (allowed) recent.push(now)
    calls.set(who, recent)
    return { allowed, used: recent.length }
  }
}

/** BitMart's headers: "remaining" counts the calls that are already used. */
export function limitHeaders(limit: Limit, use: LimitUse): Record<string, string> {
  return {
    'X-BM-RateLimit-Remaining': String(use.used),
    'X-BM-RateLimit-Limit': String(limit.calls),
    'X-BM-RateLimit-Reset': String(limit.per / 1000),
  }
}
