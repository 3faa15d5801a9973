import { firstCell } from '../lambdas/domain/cell.ts'
import type { EntryName } from './bundle.ts'
import type { StageConfig } from './config.ts'

/**
 * Names that are known before anything is deployed: the runbook can quote them, and figures and alarms need no
 * reference from one stack to another.
 */
export function resourceName({ name }: StageConfig, what: string): string {
  return `exchange-history-${name}-${what}`
}

/** Also the `service` of every log line, trace and figure of the function, whichever cell it is of. */
export function functionName(stage: StageConfig, entry: EntryName, cell = firstCell): string {
  return resourceName(stage, inCell(entry, cell))
}

/** What is there in each cell has the number of its cell behind its name, but for the first. */
export function inCell(what: string, cell: number): string {
  return cell === firstCell ? what : `${what}-${cell}`
}

/** The queue of an exchange in a cell; or, without, what the names of all of them begin with. */
export function syncQueueName(lane?: string): string {
  return lane === undefined ? 'syncs' : `syncs-${lane}`
}

/** What the names of all secrets of a stage begin with. */
export function secretPrefix({ name }: StageConfig): string {
  return `exchange-history/${name}/`
}
