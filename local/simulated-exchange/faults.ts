/** What a call may come to instead of its answer, at whatever exchange: what goes wrong on the way. */
export const wireFaults = {
  'http-502-html': () => html(502, 'Bad gateway'),
  'http-200-html': () => html(200, 'Checking your browser'),
  reset: () => ({ how: 'reset' }),
  hang: () => ({ how: 'hang' }),
  'truncated-json': (good) => json(200, good.slice(0, Math.floor(good.length / 2))),
  'slow-body': (good) => ({ how: 'trickle', status: 200, type: jsonType, body: good }),
} as const satisfies Readonly<Record<string, (good: string) => Delivery>>

/** What goes over the wire: a whole answer, one that trickles in, a broken connection, or nothing at all. */
export type Delivery =
  | {
      readonly how: 'whole' | 'trickle'
      readonly status: number
      readonly type: string
      readonly body: string
    }
  | { readonly how: 'reset' | 'hang' }

export const jsonType = 'application/json;charset=UTF-8'

/** A page of the network in front of an exchange. */
export function html(status: number, title: string): Delivery {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`
  return { how: 'whole', status, type: 'text/html; charset=UTF-8', body }
}

export function json(status: number, body: string): Delivery {
  return { how: 'whole', status, type: jsonType, body }
}

/** Faults that one question meets in a row, where others come through. */
const mostInARow = 4

/** Which calls fail, and how: every Nth, in the kinds by turns. */
export type FaultPlan<Fault> = { readonly every: number; readonly kinds: readonly Fault[] }

/**
 * As many questions at once as a call in `every` fails go round in step with it: none of them is to fail for ever.
 * The plan may change from call to call.
 */
export function faultTurns(): <Fault>(
  plan: FaultPlan<Fault> | undefined,
  question: string,
) => Fault | undefined {
  let answered = 0
  let turn = 0
  /** How often each question that failed last did so in a row. */
  const failedInARow = new Map<string, number>()
  return (plan, question) => {
    answered++
    const inARow = failedInARow.get(question) ?? 0
    failedInARow.delete(question)
    if (plan === undefined || answered % plan.every !== 0) return undefined
    if (plan.every > 1 && inARow >= mostInARow) return undefined
    failedInARow.set(question, inARow + 1)
    return plan.kinds[turn++ % plan.kinds.length]
  }
}
