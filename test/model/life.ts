import fc from 'fast-check'
import { type Key, keys } from './keyring.ts'
import type { ModelExchange } from './model-exchange.ts'
import { account, start } from './world.ts'

export const people = ['ada', 'eve'] as const
export type Person = (typeof people)[number]

/** What a person, the planner, a worker or the sweeper does. */
export type Deed =
  | { readonly kind: 'connect' | 'replace'; readonly who: Person; readonly key: Key }
  | {
      readonly kind: 'disconnect'
      readonly who: Person
      readonly key: Key
      readonly history: 'keep' | 'delete'
    }
  | { readonly kind: 'sync' | 'look'; readonly who: Person }
  | { readonly kind: 'revoke' | 'restore'; readonly key: Key }
  | { readonly kind: 'work'; readonly messages: number; readonly twice: boolean; readonly questions: number }
  | { readonly kind: 'wait'; readonly ticks: number }
  | { readonly kind: 'plan' | 'sweep' }

/** `killed`: its process ends at this operation. `broken`: the operation fails, `late` after it was done. */
export const mischiefs = ['killed', 'broken', 'broken late'] as const

export type Mischief = { readonly kind: (typeof mischiefs)[number]; readonly at: number }

export type Step = {
  readonly deed: Deed
  readonly mischief?: Mischief
  /** At the same time as the step before. */
  readonly together: boolean
}

export type Life = {
  readonly accounts: readonly [ModelExchange, ModelExchange]
  readonly steps: readonly Step[]
  /** For each operation in turn: how long it takes, in turns of the loop, while something else goes on. */
  readonly delays: readonly number[]
}

const who = fc.constantFrom(...people)
const key = fc.constantFrom(...keys)

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('connect' as const, 'replace' as const), who, key }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('disconnect' as const),
      who,
      key,
      history: fc.constantFrom('keep' as const, 'delete' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('sync' as const, 'look' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('revoke' as const, 'restore' as const), key }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      messages: fc.integer({ min: 1, max: 4 }),
      twice: fc.boolean(),
      questions: fc.constantFrom(3, 20, 1_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ticks: fc.constantFrom(1, 30, 100, 1_440) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('plan' as const, 'sweep' as const) }) },
)

const mischief: fc.Arbitrary<Mischief> = fc.record({
  kind: fc.constantFrom(...mischiefs),
  at: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 60 })),
})

const step: fc.Arbitrary<Step> = fc.record({
  deed,
  mischief: fc.option(mischief, { nil: undefined, freq: 2 }),
  together: fc.boolean(),
})

/** All that will ever be in it is served by the time at which everything heals: then nothing more is to be stored. */
const calmAccount = (letter: string) =>
  account(letter, 12).map(
    (one): ModelExchange => ({
      ...one,
      rows: one.rows.filter(({ time }) => time <= start),
      ahead: 0,
      opensAt: undefined,
      strangeUntil: 0,
      faults: [],
      stale: [0],
      latency: [],
    }),
  )

export const life: fc.Arbitrary<Life> = fc.record({
  accounts: fc.tuple(calmAccount('m'), calmAccount('n')),
  steps: fc.array(step, { maxLength: 14 }),
  delays: fc.array(fc.nat({ max: 2 }), { maxLength: 7 }),
})
