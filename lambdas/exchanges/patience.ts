import type { Wait } from '../domain/client.ts'
import type { Failure } from '../domain/failure.ts'
import type { ExchangeRequest, RateLimit } from '../domain/stream.ts'
import { minute } from '../domain/window.ts'

type Waiting = {
  readonly clock: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Called when the exchange asks everybody who calls from our address to wait until then (epoch milliseconds). */
  readonly onCoolDown?: (until: number) => void
  /** Called when the exchange asks to wait, longer each time. */
  readonly onWait?: (wait: Wait) => void
}

/** An exchange that does not say how long gets this much patience from everybody. Milliseconds. */
const unknownPatience = minute

/** Until when the exchange has asked us to wait, with the calls of one limit or with all. */
export function openPatience({ clock, sleep, onCoolDown, onWait }: Waiting) {
  const paused = new Map<string, number>()
  let bannedUntil = 0
  /** Until then somebody has waited: that it is over does not need to be read from a clock. */
  let satOutUntil = 0

  /** Epoch milliseconds, or 0 when calls may be sent. */
  function pauseOf({ id }: RateLimit): number {
    const until = Math.max(paused.get(id) ?? 0, bannedUntil)
    return until > Math.max(clock(), satOutUntil) ? until : 0
  }

  return {
    pauseOf,

    /** Waits while nobody may call, and on when another question was told to wait longer meanwhile. */
    async sitOut(rate: RateLimit, signal: AbortSignal | undefined): Promise<void> {
      for (let until = pauseOf(rate); until > 0 && !signal?.aborted; until = pauseOf(rate)) {
        await sleep(until - clock(), signal)
        if (!signal?.aborted) satOutUntil = Math.max(satOutUntil, until)
      }
    },

    /** Several questions may be told to wait, one longer than the other: the longest wait holds for all of the limit. */
    pause({ id, scope }: RateLimit, delay: number): void {
      const until = Math.max(paused.get(id) ?? 0, clock() + delay)
      paused.set(id, until)
      onWait?.({ why: 'told', scope, until })
    },

    /** Whoever calls from our address is concerned by a ban, and by a limit that keyed calls of all keys share. */
    tellEverybody(failure: Failure, { access, rate }: ExchangeRequest): void {
      const shared = failure.kind === 'rate-limited' && rate.scope === 'address' && access === 'private'
      if (!failure.everybody && !shared) return
      const until = clock() + (failure.retryAfter ?? unknownPatience)
      if (failure.everybody) {
        bannedUntil = Math.max(bannedUntil, until)
        onWait?.({ why: 'told', scope: 'address', until })
      }
      onCoolDown?.(until)
    },
  }
}
