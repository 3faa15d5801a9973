import { noCoverage } from '../../lambdas/domain/coverage.ts'
import type { WindowStream } from '../../lambdas/domain/stream.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'

const [spot] = bitmart.streams
if (spot === undefined) throw new Error('no stream')

export const opened = 0

/** A stream by windows as most exchanges have them. */
export const definition: WindowStream = {
  ...spot,
  opened,
  depth: 90 * day,
  maxSpan: 30 * day,
  lookBack: 6 * hour,
  settleLag: 10 * minute,
}

export const now = 1_000 * day
export const fresh = noCoverage('spot-trade', 'spot')
