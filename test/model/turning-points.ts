import { type Deed, type Mischief, mischiefs, type Step } from './life.ts'
import { live } from './live.ts'
import { eventfulAccount } from './small-worlds.ts'

const connect: Deed = { kind: 'connect', who: 'ada', key: 0 }
const work: Deed = { kind: 'work', messages: 2, twice: false, questions: 1_000 }
const disconnect = { kind: 'disconnect', who: 'ada', key: 0 } as const

/**
 * The deeds that change whose a key is or where it lies, and the work of a sync; the last deed of each list is the one
 * that is cut short. `operations`: it consists of at least so many.
 */
export const turningPoints: readonly {
  readonly name: string
  readonly deeds: readonly Deed[]
  readonly operations: number
}[] = [
  { name: 'a connect', deeds: [connect], operations: 12 },
  {
    name: 'a connect of what was disconnected',
    deeds: [connect, work, { ...disconnect, history: 'keep' }, connect],
    operations: 12,
  },
  {
    name: 'a replacement of a key',
    deeds: [connect, work, { kind: 'replace', who: 'ada', key: 1 }],
    operations: 12,
  },
  { name: 'a disconnect', deeds: [connect, work, { ...disconnect, history: 'keep' }], operations: 5 },
  {
    name: 'a deletion of a history',
    deeds: [connect, work, { ...disconnect, history: 'delete' }],
    operations: 10,
  },
  {
    name: 'a sweep after a connect that was cut short',
    deeds: [connect, { kind: 'wait', ticks: 100 }, { kind: 'sweep' }],
    operations: 1,
  },
  {
    name: 'a planner',
    deeds: [connect, work, { kind: 'wait', ticks: 1_440 }, { kind: 'plan' }],
    operations: 4,
  },
  { name: 'a worker', deeds: [connect, { ...work, messages: 1 }], operations: 60 },
  {
    name: 'a worker that hands on',
    deeds: [connect, { ...work, messages: 1, questions: 8 }],
    operations: 30,
  },
]

const second: Deed = { kind: 'connect', who: 'ada', key: 1 }

/**
 * Lives in which nothing goes wrong. A second key of an account, while its rows are recent and when they are not any more, is
 * refused, whatever its user believes; and everybody's history is imported, whoever they are.
 */
export const calmLives: readonly (readonly Deed[])[] = [
  [{ kind: 'connect', who: 'eve', key: 0 }, work],
  [connect, work, second],
  [connect, work, { kind: 'wait', ticks: 1_440 }, second],
]

export async function calmly(deeds: readonly Deed[], candidate = live): Promise<void> {
  const steps = deeds.map((deed): Step => ({ deed, together: false }))
  await candidate({ accounts: [eventfulAccount, { ...eventfulAccount, rows: [] }], steps, delays: [] })
}

/**
 * Lets the last deed be cut short at its first operation, its second (or, with `stride`, only at each so many), … until
 * it ends before; tells how many it has.
 */
export async function everyMoment(
  deeds: readonly Deed[],
  {
    candidate = live,
    stride = 1,
    kinds = mischiefs,
  }: {
    readonly candidate?: typeof live
    readonly stride?: number
    readonly kinds?: readonly Mischief['kind'][]
  } = {},
): Promise<number> {
  let operations = 0
  for (const kind of kinds) {
    for (let at = 1; ; at += stride) {
      const steps = deeds.map((deed, index): Step => {
        const mischief: Mischief = { kind, at }
        return { deed, together: false, ...(index === deeds.length - 1 && { mischief }) }
      })
      const struck = await candidate({
        accounts: [eventfulAccount, { ...eventfulAccount, rows: [] }],
        steps,
        delays: [],
      })
      if (struck === 0) break
      operations = Math.max(operations, at)
    }
  }
  return operations
}
