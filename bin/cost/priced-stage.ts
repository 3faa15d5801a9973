import { parseStages, type StageConfig } from '../../lib/config.ts'
import { stages } from '../stages.ts'

/** The stage whose bill is computed: `prod`, as the stage file has it. */
export function pricedStage(): StageConfig {
  const [stage] = parseStages(
    stages
      .filter(({ name }) => name === 'prod')
      // Who is told is no question of money, and may not be known here.
      .map((written) => ({
        ...written,
        alarmEmail: 'nobody@example.com',
        runbookUrl: 'https://example.com/',
      })),
  )
  if (stage === undefined) throw new Error('There is no stage "prod" in bin/stages.ts.')
  return stage
}
