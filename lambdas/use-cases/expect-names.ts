import type { Coverage } from '../domain/coverage.ts'
import type { Names } from '../domain/rotation.ts'
import { isListed, type ListStream } from '../domain/stream.ts'
import type { ListCoverage } from './keep-list-coverage.ts'

/**
 * Puts the names of a definition on its roster, also in a run that then asks for none of them. What was made up from a coin is made up no
 * more once it is listed: as such, nobody has asked for it yet.
 */
export function expectNames(
  coverage: Pick<ListCoverage, 'expect' | 'of' | 'note'>,
  { partitions }: Pick<ListStream, 'partitions'>,
  { listed, hinted }: Pick<Names, 'listed' | 'hinted'>,
): void {
  coverage.expect(isListed(partitions) ? [...listed, ...hinted.keys()] : partitions)
  for (const part of listed.map(coverage.of)) if (part.note === 'not-known') coverage.note(neverAsked(part))
}

/** What was said of it when it was asked for does not hold any more. */
export function neverAsked(part: Coverage): Coverage {
  return { ...part, note: undefined, attempted: 0, asked: undefined }
}
