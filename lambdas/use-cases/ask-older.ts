import { type Failure, FailureError } from '../domain/failure.ts'
import type { ListStream } from '../domain/stream.ts'
import type { Window } from '../domain/window.ts'
import { fetchWithin, type ListPorts } from './fetch-list.ts'
import type { Page } from './fetch-window.ts'

type AskOlder = {
  /** The time that the list does not reach. */
  readonly window: Window
  /** All of it in one question. */
  readonly atOnce: boolean
  /** In parts of so many milliseconds, too, where an answer about all of it may have been cut short. */
  readonly span?: number
  /** Stores the rows of an answer; resolves when every row is stored. */
  readonly take: (page: Page) => Promise<void>
  /** Told how far back there is nothing left to ask, when the rows of an answer are stored, or it was refused. */
  readonly onReached: (from: number) => void
}

/** A question about a time is not asked like that, or not about that time: what is older is not had by it either. */
const refusals: ReadonlySet<Failure['kind']> = new Set(['rejected', 'out-of-range', 'not-served'])

/**
 * Asks for time that a list does not reach, the youngest parts of it first, until an answer shows that the exchange does not
 * heed the question. What it shows is stored. Whether it was all, nobody can tell.
 */
export async function askOlder(
  ports: ListPorts,
  definition: ListStream,
  partition: string,
  { window, atOnce, span, take, onReached }: AskOlder,
): Promise<void> {
  const parts = span === undefined ? [] : partsOf(window, span)
  // More than may be asked for at once may still be had in parts.
  if (atOnce && (await askWithin(window, window.to)) === 'ignored') return
  for (const part of parts) if ((await askWithin(part, part.from)) !== 'heeded') return

  async function askWithin(within: Window, from: number): Promise<'heeded' | 'ignored' | 'refused'> {
    const answer = await ask(ports, definition, partition, within)
    if (answer !== 'refused') await take(answer)
    onReached(from)
    if (answer === 'refused') return 'refused'
    return answer.transactions.some((row) => isOutside(row, within, definition)) ? 'ignored' : 'heeded'
  }
}

async function ask(
  ports: ListPorts,
  definition: ListStream,
  partition: string,
  within: Window,
): Promise<Page | 'refused'> {
  try {
    const page = await fetchWithin(ports, definition, partition, within)
    // It moved while it was read: the next run asks again.
    if (page === undefined) throw new FailureError({ kind: 'bad-payload' })
    return page
  } catch (error) {
    if (error instanceof FailureError && refusals.has(error.failure.kind)) return 'refused'
    throw error
  }
}

/** From the youngest to the oldest. */
function partsOf({ from, to }: Window, span: number): readonly Window[] {
  const count = Math.ceil((to - from) / span)
  return Array.from({ length: count }, (_, index) => {
    const end = to - index * span
    return { from: Math.max(from, end - span), to: end }
  })
}

function isOutside({ time }: { readonly time: number }, { from, to }: Window, { unit }: ListStream): boolean {
  return time < from - unit || time >= to + unit
}
