import type { OwnersWord } from './completeness.ts'
import { ownersWords } from './coverage-words.ts'
import { isoTime } from './outward.ts'

/** What its owner says of the beginning of an account, and the stored row that says otherwise, for programs. Times are ISO 8601. */
export type ToldWord = { readonly at: string; readonly refutedBy?: string; readonly sentence: string }

export function toldWord(word: OwnersWord): ToldWord {
  return {
    at: isoTime(word.at),
    ...(word.refutedBy !== undefined && { refutedBy: isoTime(word.refutedBy) }),
    sentence: ownersWords(word),
  }
}
