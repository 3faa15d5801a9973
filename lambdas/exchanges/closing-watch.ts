import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { FailureKind } from '../domain/failure.ts'
import type { ExchangeRequest } from '../domain/stream.ts'

/** So many keyed questions in a row that reached nobody, after the date on which everything ends: nobody is there. */
const mostUnreached = 3

/**
 * Tells an exchange that has closed for good from one that is down. Only after the date on which everything ends, and
 * only while no question that needs a key was answered: what is public may be gone before history is, or outlive it.
 */
export function closingWatch({ closing }: Pick<ExchangeDefinition, 'closing'>, now: () => number) {
  const ends = closing.flatMap(({ at, ends }) => (ends === 'everything' ? [at] : []))
  let unreached = 0
  let answered = false

  const isOver = (): boolean => ends.some((at) => now() > at) && !answered
  const closed = (): boolean => isOver() && unreached >= mostUnreached

  return {
    closed,
    /** How often a question may be tried that is worth less patience than its asker thinks. */
    attempts: ({ access }: ExchangeRequest): number | undefined =>
      isOver() && access === 'public' ? 1 : undefined,
    /** Hears how a question went; true when that was the last sign that the exchange has closed. */
    met({ access }: ExchangeRequest, failure?: FailureKind): boolean {
      if (access === 'public' || failure === 'aborted' || failure === 'rate-limited') return closed()
      if (failure === 'exchange-down' || failure === 'bad-payload') unreached += 1
      else answered = true
      return closed()
    },
  }
}
