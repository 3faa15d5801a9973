import type { EntryName } from './bundle.ts'
import type { StageConfig } from './config.ts'

/**
 * Names that are known before anything is deployed: the runbook can quote them, and figures and alarms need no
 * reference from one stack to another.
 */
export function resourceName({ name }: StageConfig, what: string): string {
  return `exchange-history-${name}-${what}`
}

/** Also the `service` of every log line, trace and figure of the function. */
export function functionName(stage: StageConfig, entry: EntryName): string {
  return resourceName(stage, entry)
}

/** What the names of all secrets of a stage begin with. */
export function secretPrefix({ name }: StageConfig): string {
  return `exchange-history/${name}/`
}
