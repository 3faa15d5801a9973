import type { Doubt } from '../domain/completeness.ts'
import type { GapReason } from '../domain/coverage.ts'

/** What the words of `reason` mean, for whoever reads JSON: sentences say the same to people. */
export const gapMeanings: Readonly<Record<GapReason, string>> = {
  expired: 'the exchange served it no more when it was asked for',
  saturated: 'it holds more rows than the exchange can be made to show',
  failed: 'it was not had yet, and is asked for again',
  unreadable: 'a row of it could not be read, and is kept as it was served',
}

export const doubtMeanings: Readonly<Record<Doubt['reason'], string>> = {
  'beyond-depth': 'the answer was empty, or ended, and is older than what the exchange is known to serve',
  refused: 'the exchange does not serve that time',
  indivisible: 'so many rows share one moment that they were collected part by part',
  'by-order': 'the exchange takes no question for a time: rows were found by what it lists',
  unlisted: 'the exchange lists this name no more, and that it shows nothing of it proves nothing',
  damaged: 'what is stored does not agree with what was stored then, and is asked for again',
  'not-served': 'this kind of key, or this name, is not served',
}

export function meaningsOf(meanings: Readonly<Record<string, string>>): string {
  return Object.entries(meanings)
    .map(([word, meaning]) => `${word}: ${meaning}.`)
    .join(' ')
}
