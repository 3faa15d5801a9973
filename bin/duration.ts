import type { StreamDefinition } from '../lambdas/domain/stream.ts'
import { day, hour, minute } from '../lambdas/domain/window.ts'

const units = [
  [day, 'day'],
  [hour, 'hour'],
  [minute, 'minute'],
  [1_000, 'second'],
] as const

/** Milliseconds in the largest unit that they are a whole number of. */
export function duration(ms: number): string {
  const [size, name] = units.find(([unit]) => ms >= unit && ms % unit === 0) ?? [1, 'millisecond']
  const count = ms / size
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

/** How far back a history is served for certain, and whether any document says so. */
export function depthOf({ depth, isDepthTaken }: Pick<StreamDefinition, 'depth' | 'isDepthTaken'>): string {
  return isDepthTaken === undefined ? duration(depth) : `nothing: ${duration(depth)} are taken`
}
