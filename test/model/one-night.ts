import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import type { FailureKind } from '../../lambdas/domain/failure.ts'
import { type ExchangeRequest, noMarkets } from '../../lambdas/domain/stream.ts'
import { connection } from './engine.ts'
import { modelHeart } from './model-heart.ts'
import type { ModelTable } from './model-table.ts'
import type { Engine } from './sync-engine.ts'
import { toldTime } from './told-time.ts'

const owner = { user: 'u1', connection: 'c0' }

/** Where in the store the one history of these worlds lies. */
export const history = `USER#${owner.user}#CONNECTION#${owner.connection}`

/** More questions than any of these accounts is worth. */
const mostQuestions = 3_000

export type NightOptions = {
  readonly clock: () => number
  /** The rows of one answer, or what goes wrong. */
  readonly answer: (request: ExchangeRequest) => readonly unknown[] | FailureKind
  readonly recheck?: boolean
  /** At which operation of the store or the exchange the process ends. */
  readonly killed?: number
}

let runs = 0

/** One sync of one connection against the real adapters. Resolves with what went wrong; one that is killed just ends. */
export async function oneNight(
  engine: Engine,
  table: ModelTable,
  exchange: ExchangeDefinition,
  { clock, answer, recheck = false, killed }: NightOptions,
): Promise<unknown> {
  let done = 0
  let asked = 0
  let isDead = false
  let dying: () => void = () => undefined
  const death = new Promise<undefined>((resolve) => {
    dying = () => resolve(undefined)
  })
  async function passing(): Promise<void> {
    done += 1
    if (done === killed) {
      isDead = true
      dying()
    }
    if (isDead) await new Promise(() => undefined)
  }
  const client: ExchangeClient = {
    ...toldTime(clock),
    requests: () => asked,
    close: async () => undefined,
    ask: async (request, schema) => {
      await passing()
      asked += 1
      if (asked > mostQuestions) throw new Error('progress: the run goes round in circles')
      const askedAt = clock()
      const served = answer(request)
      if (typeof served === 'string') throw new engine.FailureError({ kind: served })
      return { data: schema.parse(served), askedAt, answeredAt: clock() }
    },
  }
  runs += 1
  const opened = table.open(`run ${runs}`, { before: passing })
  const run = engine
    .syncConnection(
      {
        transactions: engine.transactionStore(opened),
        coverage: engine.coverageStore(opened),
        sums: engine.sumsStore(opened),
        lease: engine.leaseStore(opened),
        runs: { save: async () => undefined },
        clock,
        sleep: modelHeart(clock).sleep,
        client,
        markets: noMarkets,
      },
      { ...connection, id: owner.connection, user: owner.user },
      exchange,
      { runId: String(runs), holder: String(runs), recheck },
    )
    .then(({ streams }) => streams.find(({ failure }) => failure !== undefined)?.failure)
    .catch((error: unknown) => error)
  const failure = await Promise.race([run, death])
  // A slip of the pen, or a run that goes on for ever, must not pass for what an exchange may do.
  if (failure instanceof Error && !(failure instanceof engine.FailureError)) throw failure
  return failure
}
