import type { RateLimit } from '../domain/stream.ts'
import { jitter } from './pace.ts'

/** When a call was counted by the exchange, at the latest; epoch milliseconds. */
type Count = { readonly promise: Promise<number>; readonly resolve: (time: number) => void }
type Waiting = {
  readonly clock: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/**
 * The calls of one rate limit, in a line. ccxt's throttle counts from when it lets a call go. A call that opens its connection
 * first, that a busy process writes late or that is long on its way is counted later than that, and those that follow would then
 * meet more than they may in the exchange's window. So of any `calls` and one more in a row, the last waits until the first was
 * counted a window ago.
 *
 * Nobody tells when that was. It was before the answer began, by no less than what the quickest answer of the limit took: a call
 * that took longer may have been on its way for all of the difference. As long as there were too few to know that, a call counts
 * from when its answer began.
 */
export function openTurns({ calls, per }: RateLimit, { clock, sleep }: Waiting) {
  let begun = 0
  let ended = 0
  /** What was learnt to belong between two calls, beyond what is documented. Milliseconds. */
  let apart = 0
  let written = 0
  let answered = 0
  /** What the quickest and the slowest answer took so far. Milliseconds. */
  let quickest = 0
  let slowest = 0
  /** When the first, second, … call that was written was counted; those that still matter. */
  const counts = new Map<number, Count>()

  function countOf(turn: number): Count {
    const known = counts.get(turn)
    if (known !== undefined) return known
    let resolve: Count['resolve'] = () => undefined
    const promise = new Promise<number>((done) => {
      resolve = done
    })
    const count = { promise, resolve }
    counts.set(turn, count)
    return count
  }

  /** Which calls were written and have no answer yet. */
  const unanswered = new Map<number, Count>()

  function noteAnswer(call: number, writtenAt: number): void {
    const count = unanswered.get(call)
    if (count === undefined) return
    unanswered.delete(call)
    const took = clock() - writtenAt
    count.resolve(writtenAt + Math.max(0, took - leastOnTheWay()))
    quickest = answered === 0 ? took : Math.min(quickest, took)
    slowest = Math.max(slowest, took)
    answered += 1
  }

  /** What an answer takes that was held up nowhere: of a few that differ much, all may have been held up. */
  function leastOnTheWay(): number {
    return answered < calls ? 0 : Math.max(0, quickest - (3 * (slowest - quickest)) / answered)
  }

  /** A call is being written: the earliest of those that were let go. Returns what is called when its answer begins. */
  function noteWrite(): () => void {
    const call = written++
    const writtenAt = clock()
    unanswered.set(call, countOf(call))
    return () => noteAnswer(call, writtenAt)
  }

  /** Calls are counted, not told apart. Whatever the count says of this one, it is counted when it is over. */
  function noteEnd(): void {
    ended += 1
    // Not every call comes to be written, and not every one that was is answered.
    while (written < ended) noteWrite()
    for (const [call, count] of unanswered) {
      if (written - unanswered.size >= ended) break
      unanswered.delete(call)
      count.resolve(clock())
    }
  }

  return {
    noteWrite,

    /** From now on, so many milliseconds lie between any two calls. */
    keepApart(least: number): void {
      apart = Math.max(apart, least)
    },

    /** Lets a call go when its turn has come. `isCounted`: when it was at the latest, epoch milliseconds, once that is known. */
    async inTurn<T>(call: (isCounted: Promise<number>) => Promise<T>, signal?: AbortSignal): Promise<T> {
      const turn = begun++
      let end: (at: number) => void = () => undefined
      const isOver = new Promise<number>((done) => {
        end = done
      })
      const isCounted = Promise.race([countOf(turn).promise, isOver])
      if (turn >= calls) {
        const earlier = await countOf(turn - calls).promise
        counts.delete(turn - calls - 1)
        await sleep(Math.max(0, earlier + per + jitter - clock()), signal)
      }
      if (turn > 0 && apart > 0) {
        const last = await countOf(turn - 1).promise
        await sleep(Math.max(0, last + apart + jitter - clock()), signal)
      }
      try {
        return await call(isCounted)
      } finally {
        noteEnd()
        end(clock())
      }
    },
  }
}
