import { message, start } from './child.ts'
import type { ContestantReport, ContestantWishes } from './contestant-process.ts'
import type { SimulatorReport } from './count-calls.ts'
import type { HurriedReport, HurriedWishes } from './hurried-process.ts'
import type { SimulatorWishes } from './simulator-process.ts'

/** Runs `use` against a simulated BitMart in a process of its own; tells what it was asked. */
export function withSimulator<T>(wishes: SimulatorWishes, use: (url: string) => Promise<T>) {
  return withServer('simulator-process.ts', wishes, use)
}

/** The same of any simulated exchange: `file` starts it. */
export async function withServer<T>(
  file: string,
  wishes: unknown,
  use: (url: string) => Promise<T>,
): Promise<{ readonly result: T } & SimulatorReport> {
  const child = start(file, [JSON.stringify(wishes)])
  try {
    const { url } = await message<SimulatorReport>(child)
    const result = await use(url)
    child.send('report')
    return { result, ...(await message<SimulatorReport>(child)) }
  } finally {
    if (child.connected) child.disconnect()
  }
}

/** Lets one contestant import in a process of its own, which tells its time and memory at the end. */
export async function runContestant(wishes: ContestantWishes): Promise<ContestantReport> {
  return message(start('contestant-process.ts', [JSON.stringify(wishes)]))
}

/** The engine and the store at full speed, without limits. */
export async function runHurried(wishes: HurriedWishes): Promise<HurriedReport> {
  return message(start('hurried-process.ts', [JSON.stringify(wishes)]))
}
