import type { RateLimit } from '../domain/stream.ts'
import { jitter } from './pace.ts'

type Write = { readonly promise: Promise<number>; readonly resolve: (time: number) => void }
type Waiting = { readonly clock: () => number; readonly sleep: (ms: number) => Promise<void> }

/**
 * The calls of one rate limit, in a line. ccxt's throttle counts from when it lets a call go. A call that opens its connection
 * first, or that a busy process writes late, arrives later than that, and those that follow would then meet more than they
 * may in the exchange's window. So of any `calls` and one more in a row, the last waits until the first was written a window ago.
 */
export function openTurns({ calls, per }: RateLimit, { clock, sleep }: Waiting) {
  let begun = 0
  let ended = 0
  /** What was learnt to belong between two calls, beyond what is documented. Milliseconds. */
  let apart = 0
  let written = 0
  /** When the first, second, … call was written to its connection; those that still matter. */
  const writes = new Map<number, Write>()

  function writeOf(turn: number): Write {
    const known = writes.get(turn)
    if (known !== undefined) return known
    let resolve: Write['resolve'] = () => undefined
    const promise = new Promise<number>((done) => {
      resolve = done
    })
    const write = { promise, resolve }
    writes.set(turn, write)
    return write
  }

  function noteWrite(): void {
    writeOf(written++).resolve(clock())
  }

  return {
    /** A call is being written: the earliest of those that were let go. */
    noteWrite,

    /** From now on, so many milliseconds lie between any two calls. */
    keepApart(least: number): void {
      apart = Math.max(apart, least)
    },

    /** Lets a call go when its turn has come. `isWritten`: epoch milliseconds, once it is. */
    async inTurn<T>(call: (isWritten: Promise<number>) => Promise<T>): Promise<T> {
      const turn = begun++
      // Writes are counted, not told apart. Whatever the count says of this call, it is written when it is over.
      let end: (at: number) => void = () => undefined
      const isOver = new Promise<number>((done) => {
        end = done
      })
      const isWritten = Promise.race([writeOf(turn).promise, isOver])
      if (turn >= calls) {
        const earlier = await writeOf(turn - calls).promise
        writes.delete(turn - calls - 1)
        await sleep(Math.max(0, earlier + per + jitter - clock()))
      }
      if (turn > 0 && apart > 0) {
        const last = await writeOf(turn - 1).promise
        await sleep(Math.max(0, last + apart + jitter - clock()))
      }
      try {
        return await call(isWritten)
      } finally {
        ended += 1
        end(clock())
        // Not every call comes to be written.
        while (written < ended) noteWrite()
      }
    },
  }
}
