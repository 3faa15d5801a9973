import type { Import } from '../answers.ts'
import { minute } from '../show.ts'
import { bytes } from '../show-exact.ts'
import { rows, type Tone } from '../words.ts'

/** What is said of a statement file wherever it is named. */
export const fileListWords = {
  none: 'No file was added yet.',
  size: (size: number) => bytes(size),
  states: {
    awaited: 'not here yet',
    here: 'not stored yet',
    stored: 'stored',
    'taken-back': 'taken back',
    storing: 'being stored',
  },
  stored: (at: string) => `stored on ${minute(at)} UTC`,
  added: (at: string) => `added on ${minute(at)} UTC`,
  goOn: 'Go on',
  isStored: (name: string, many: number) => `${name}, ${rows(many)}`,
  attested: (from: string, to: string) =>
    `You say that it has everything from ${minute(from)} to ${minute(to)} UTC.`,
}

export const fileTones: Readonly<Record<Import['state'], Tone>> = {
  awaited: 'doubt',
  here: 'doubt',
  stored: 'good',
  'taken-back': 'soft',
}
