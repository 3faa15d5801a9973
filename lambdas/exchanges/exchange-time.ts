/** The header fields of an answer that tell when it was sent. */
type Dated = { readonly headers: Readonly<Record<string, string>> }

/** When the exchange says it answered, by the header that every HTTP server sends. Epoch milliseconds. */
export function sentAt({ headers }: Dated): number | undefined {
  const at = Date.parse(headers.Date ?? '')
  return Number.isNaN(at) ? undefined : at
}

/** The exchange's clock is not asked for again so soon. Milliseconds. */
const freshFor = 60_000

/**
 * The exchange's time as far as it has told: by its own clock, or, until it was asked, by the dates of its answers. Each
 * was told before it was heard, so what is made of it is behind the exchange by the answer's way here, and never ahead.
 */
export function exchangeTime(clock: () => number) {
  /** Milliseconds that the exchange's clock is ahead of ours. */
  let offset = 0
  let told: 'nothing' | 'date' | 'time' = 'nothing'
  let learntAt = 0

  return {
    now: (): number => clock() + offset,
    /** A moment of our clock, by the exchange's. */
    of: (ours: number): number => ours + offset,
    isKnown: (): boolean => told !== 'nothing',
    isFresh: (): boolean => told === 'time' && Math.abs(clock() - learntAt) < freshFor,
    /** What the exchange's clock shows in an answer that came just now. */
    learn(time: number): void {
      learntAt = clock()
      offset = time - learntAt
      told = 'time'
    },
    /** The date of an answer that came just now; one that a cache has kept tells nothing. */
    hear(answer: Dated): void {
      const date = sentAt(answer)
      const kept = Object.keys(answer.headers).some((name) => name.toLowerCase() === 'age')
      if (date === undefined || kept || told === 'time') return
      const ahead = date - clock()
      offset = told === 'nothing' ? ahead : Math.max(offset, ahead)
      told = 'date'
    },
  }
}
