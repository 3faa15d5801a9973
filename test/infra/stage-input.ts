import { stages } from '../../bin/stages.ts'
import type { StageInput } from '../../lib/config.ts'

/** What the stage file leaves to whoever deploys, and does without for no prod. */
const filledIn = {
  alarmEmail: 'on-call@example.com',
  runbookUrl: 'https://example.com/runbook',
} as const satisfies Partial<StageInput>

/** A stage as `bin/stages.ts` describes it, with other values where a test wants them. */
export function stageInput(name: StageInput['name'], changes: Partial<StageInput> = {}): StageInput {
  const written = stages.find((stage) => stage.name === name)
  if (written === undefined) throw new Error(`There is no stage ${name}.`)
  return { ...written, ...(name === 'prod' && filledIn), ...changes }
}
