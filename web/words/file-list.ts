import type { Import } from '../answers.ts'
import { minute } from '../show.ts'
import { bytes } from '../show-exact.ts'
import { rows, type Tone } from '../words.ts'

/** What is said of a statement file wherever it is named. */
export const fileListWords = {
  none: 'No file was added yet.',
  size: (size: number) => bytes(size),
  states: {
    awaited: 'has not arrived',
    here: 'not stored yet',
    refused: 'cannot be added',
    stored: 'stored',
    'taken-back': 'taken back',
    storing: 'being stored',
  },
  stored: (at: string) => `stored on ${minute(at)} UTC`,
  added: (at: string) => `added on ${minute(at)} UTC`,
  goOn: 'Go on',
  open: 'Open it',
  chooseAgain: 'Choose it again',
  remove: 'Remove it',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText:
    'No row of it is in the history. Its content is deleted here; the file on your computer stays, and can be added again.',
  removed: 'The file is removed.',
  isStored: (name: string, many: number) => `${name}, ${rows(many)}`,
  attested: (from: string, to: string) =>
    `You say that it has everything from ${minute(from)} to ${minute(to)} UTC.`,
}

type Seen = Import['state'] | 'refused'

const tones: Readonly<Record<Seen, Tone>> = {
  awaited: 'doubt',
  here: 'doubt',
  refused: 'bad',
  stored: 'good',
  'taken-back': 'soft',
}

/** How far a file is, or that it could not be read when it was tried last. */
export function fileState({ state, refused }: Pick<Import, 'state' | 'refused'>): {
  tone: Tone
  text: string
} {
  const seen: Seen = state === 'here' && refused !== undefined ? 'refused' : state
  return { tone: tones[seen], text: fileListWords.states[seen] }
}
