import { draw, type Slice, sliceFor } from '../../lambdas/domain/allowance.ts'
import type { RateLimit } from '../../lambdas/domain/stream.ts'

/** The connections of one exchange that are due in a night. */
export type Party = {
  readonly connections: number
  /** Questions of each. */
  readonly questions: number
  readonly weight: number
  readonly limit: Pick<RateLimit, 'calls' | 'per'>
  /** Milliseconds that the exchange takes for an answer; infinite where it accepts and never answers. */
  readonly answersIn: number
}

/** A queue: who is in it, and how many workers take from it at once. */
export type Source = { readonly parties: readonly Party[]; readonly workers: number }

export type Night = Party & { readonly workers: number }

export type Counted = {
  /** Milliseconds until the last answer. */
  readonly lasted: number
  /** The most weight that the exchange has counted in any of its windows. */
  readonly most: number
  /** How often the table was asked. */
  readonly reserved: number
  /** Milliseconds for which workers were held by these connections, those in which they waited for their turn among them. */
  readonly held: number
}

/** A worker that gets no answer has no more time after so long, and hands on; three times without progress, and the run is given up. */
const workersTime = 280_000
const hopsInVain = 3

/** A night as it goes by when everybody is due at once: workers that see nothing of each other but what the table holds. */
export function nightOfMany({ workers, ...party }: Night): Counted {
  const counted = nightOf([{ parties: [party], workers }]).get(party)
  if (counted === undefined) throw new Error('There is one party.')
  return counted
}

/** The same for several queues, each with connections of one exchange or of several: in turn, as they became due. */
export function nightOf(sources: readonly Source[]): ReadonlyMap<Party, Counted> {
  return new Map(sources.flatMap((source) => [...nightOfSource(source)]))
}

type Worker = {
  free: number
  at: { readonly party: Party; readonly since: number } | undefined
  asked: number
  readonly slices: Map<Party, Slice>
}

function nightOfSource({ parties, workers }: Source): ReadonlyMap<Party, Counted> {
  const waiting = inTurn(parties)
  const crew: Worker[] = Array.from({ length: workers }, () => ({
    free: 0,
    at: undefined,
    asked: 0,
    slices: new Map(),
  }))
  const tally = new Map(
    parties.map((party) => [
      party,
      { spentUntil: 0, reserved: 0, lasted: 0, held: 0, counted: [] as number[] },
    ]),
  )
  for (;;) {
    const worker = crew.reduce((earliest, one) => (one.free < earliest.free ? one : earliest))
    const now = worker.free
    if (worker.at === undefined || worker.asked === worker.at.party.questions) {
      if (worker.at !== undefined) mine(worker.at.party).held += now - worker.at.since
      const next = waiting.next()
      if (next.done) {
        crew.splice(crew.indexOf(worker), 1)
        if (crew.length === 0) break
        continue
      }
      worker.at = { party: next.value, since: now }
      worker.asked = 0
    }
    const { party } = worker.at
    const of = mine(party)
    if (party.answersIn === Number.POSITIVE_INFINITY) {
      // Each hop is another message; that the connection comes back at once makes it no better for anybody.
      worker.asked = party.questions
      worker.free = now + hopsInVain * workersTime
      of.lasted = Math.max(of.lasted, worker.free)
      continue
    }
    const known = worker.slices.get(party)
    let drawn = known && draw(known, party.limit, party.weight, now)
    if (drawn === undefined) {
      const { weight: left, takes } = sliceFor(party.limit, party.weight, known, now)
      const before = Math.max(of.spentUntil, now)
      of.spentUntil = before + takes
      of.reserved += 1
      drawn = draw({ spentUntil: before, left }, party.limit, party.weight, now)
    }
    if (drawn === undefined) throw new Error('What was just reserved cannot be used.')
    worker.slices.set(party, drawn.slice)
    worker.asked += 1
    of.counted.push(drawn.at)
    worker.free = drawn.at + party.answersIn
    of.lasted = Math.max(of.lasted, worker.free)
  }

  function mine(party: Party) {
    const found = tally.get(party)
    if (found === undefined) throw new Error('Nobody waits who is of no party.')
    return found
  }

  return new Map(
    [...tally].map(([party, { lasted, reserved, held, counted }]) => {
      const times = counted.sort((a, b) => a - b)
      return [
        party,
        { lasted, reserved, held, most: mostInWindow(times, party.limit.per) * party.weight },
      ] as const
    }),
  )
}

/** One of each party after the other, until there is none left. */
function* inTurn(parties: readonly Party[]): Generator<Party> {
  const most = Math.max(...parties.map(({ connections }) => connections))
  for (let turn = 0; turn < most; turn += 1)
    for (const party of parties) if (turn < party.connections) yield party
}

/** Of moments in order. */
export function mostInWindow(times: readonly number[], per: number): number {
  let most = 0
  let first = 0
  for (const [index, at] of times.entries()) {
    while ((times[first] ?? at) <= at - per) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}
