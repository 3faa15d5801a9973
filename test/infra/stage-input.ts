import { stages } from '../../bin/stages.ts'
import type { StageInput } from '../../lib/config.ts'

/** A stage as `bin/stages.ts` describes it, with other values where a test wants them. */
export function stageInput(name: StageInput['name'], changes: Partial<StageInput> = {}): StageInput {
  const written = stages.find((stage) => stage.name === name)
  if (written === undefined) throw new Error(`There is no stage ${name}.`)
  return { ...written, ...changes }
}
