import Table from 'cli-table3'
import { attestedSentence, withdrawalSentence } from '../../../lambdas/domain/attested.ts'
import { listed, streamNames } from '../../../lambdas/domain/coverage-words.ts'
import { isoTime } from '../../../lambdas/domain/outward.ts'
import type { FilePlan, FileRead, FileStored, TableRead } from '../../../lambdas/statements/file-plan.ts'
import type { Objection } from '../../../lambdas/statements/known.ts'
import type { BadCell } from '../../../lambdas/statements/refusal.ts'
import { rowInWords } from '../../../lambdas/statements/told-row.ts'
import { type Pair, pairs, wrapped } from '../../layout.ts'
import { bare, unpadded } from '../plain-table.ts'
import { count, counted } from '../wording.ts'

type Read = Extract<FileRead, { kind: 'read' }>

const shownRows = 5
const shownNames = 12

/** What storing a file would do, for people. `whose`: the account; `width`: columns of the terminal, undefined where there is none. */
export function planText(whose: string, { tables, plan }: Read, width: number | undefined): string {
  const lines = (sentences: readonly string[]) => sentences.flatMap((sentence) => wrapped(sentence, width))
  return [
    ...tables.flatMap((table, place) => {
      const account: readonly Pair[] = place === 0 ? [['Account', whose]] : []
      return ['', pairs([...account, ...tableFacts(table)], width)]
    }),
    ...lines(tables.flatMap(({ preview }) => preview.notes.flatMap((note) => ['', `Note: ${note}`]))),
    ...(tables.some(({ preview }) => preview.hasUnknownWords) ? lines(['', mappingHint]) : []),
    '',
    countsTable(plan),
    ...lines([...samplesOf(plan), ...replacedLines(plan), ...doubtsOf(plan), ...attestedLines(plan)]),
  ].join('\n')
}

const mappingHint =
  'To say what such words mean: --save-map FILE writes what is known of its columns, and --map FILE reads it again, with what you add to its “words”.'

function tableFacts({ name, clock, preview }: TableRead): readonly Pair[] {
  const { rows, first, last, symbols, coins, encoding, ambiguousTimes, leftOutCount, leftOut } = preview
  const moment = ({ utc, shown, line }: NonNullable<typeof first>) =>
    `${utc.slice(0, 19).replace('T', ' ')} UTC (the file says ${shown}, line ${count(line)})`
  return [
    ['Read as', name],
    ['Rows', count(rows)],
    ...(first === undefined ? [] : [['From', moment(first)] as const]),
    ...(last === undefined ? [] : [['To', moment(last)] as const]),
    ['Time zone', preview.areInstants ? 'each time names its own' : clock],
    ...(symbols.length === 0 ? [] : [['Pairs', named(symbols)] as const]),
    ...(coins.length === 0 ? [] : [['Coins', named(coins)] as const]),
    ...(encoding?.isGuess === true
      ? [['Text', `${encoding.name}, guessed by its looks: see whether its words are right`] as const]
      : []),
    ...(ambiguousTimes === 0
      ? []
      : [
          [
            'Doubtful',
            `${counted(ambiguousTimes, 'row')} of the hour that the clock shows twice: which of the two, nothing says`,
          ] as const,
        ]),
    ...(leftOutCount === 0
      ? []
      : [
          [
            'No events',
            `${counted(leftOutCount, 'line')}: ${listed([...new Set(leftOut.map(({ why }) => why))])}`,
          ] as const,
        ]),
  ]
}

function named(names: readonly string[]): string {
  const more = names.length - shownNames
  return names.slice(0, shownNames).join(', ') + (more > 0 ? `, and ${count(more)} more` : '')
}

function countsTable({ streams }: FilePlan): string {
  const table = new Table({
    head: ['', 'new', 'known already', 'contradicting', 'replaced'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const one of streams)
    table.push([
      streamNames[one.stream],
      count(one.new),
      count(one.known),
      count(one.contradicting),
      count(one.replaced),
    ])
  return unpadded(table.toString())
}

function samplesOf({ samples }: FilePlan): readonly string[] {
  const { contradicting } = samples
  const fresh = samples.new.slice(0, shownRows)
  return [
    ...(fresh.length === 0 ? [] : ['', 'The first that are new:']),
    ...fresh.map((row) => `  ${readable(row.time)}  ${rowInWords(row)}`),
    ...(contradicting.length === 0 ? [] : ['', 'Not stored, since the exchange shows otherwise:']),
    ...contradicting.map(
      ({ why, row, count: times, lines }) =>
        `  ${readable(row.times[0])}  ${rowInWords(row)}${times > 1 ? `, ${count(times)} times` : ''} (line ${lines.join(', ')}): ` +
        objections[why],
    ),
  ]
}

/** Of other files nothing goes unseen. */
function replacedLines({ streams, samples }: FilePlan): readonly string[] {
  const all = streams.reduce((sum, one) => sum + one.replaced, 0)
  if (all === 0) return []
  const shown = samples.replaced.slice(0, shownRows)
  return [
    '',
    'Replaced: rows of other files that go or change, since this file tells the same. Taking it back brings them back. The first:',
    ...shown.map((row) => `  ${readable(row.time)}  ${rowInWords(row)}`),
  ]
}

/** What is stored in doubt is said, and what to do about it. */
function doubtsOf({ streams }: FilePlan): readonly string[] {
  return streams
    .filter(({ mayBeTwice }) => mayBeTwice > 0)
    .map(
      ({ stream, mayBeTwice }) =>
        `${streamNames[stream]}: ${counted(mayBeTwice, 'row')} in doubt. Other rows of the same market and time are told by another source, and the amounts do not show ` +
        'whether they are the same: some may count twice. Compare what an export adds up to with the balances that the exchange shows.',
    )
}

export const objections: Readonly<Record<Objection, string>> = {
  unserved: 'it has shown all of that time, and not this',
  'beyond-order': 'the fills of its order add up to more than the order',
  'no-common-id': 'it has shown all of that time, and no fills there add up to this order, which has no id',
}

function attestedLines({ attested, withdrawn }: FilePlan): readonly string[] {
  const lines = [
    ...attested.map((one) => `${streamNames[one.stream]}: ${attestedSentence(one)}.`),
    ...withdrawn.map(({ stream, why }) => `${streamNames[stream]}: ${withdrawalSentence(why)}`),
  ]
  return lines.length === 0 ? [] : ['', ...lines]
}

function readable(time: number): string {
  return isoTime(time).replace('T', ' ').replace('Z', '').replace('.000', '')
}

/** What storing it came to: what the exchange contradicts is never called known. */
export function storedSentence(
  { written, removed }: FileStored,
  { streams }: Pick<FilePlan, 'streams'>,
): string {
  const contradicting = streams.reduce((sum, one) => sum + one.contradicting, 0)
  if (written + removed === 0)
    return contradicting === 0
      ? 'Everything in it was known already: nothing was written.'
      : `Nothing was written: the exchange shows otherwise than ${counted(contradicting, 'row')} of it, and the rest was known already.`
  return `Stored: ${counted(written, 'row')} written${removed === 0 ? '' : `, ${count(removed)} of other files removed`}.`
}

/** The cells that cannot be read, a line each. */
export function cellsText(cells: readonly BadCell[], all: number): string {
  const more = all - cells.length
  return [
    ...cells.map(
      ({ table, line, column, text, why }) =>
        `  ${table}, line ${count(line)}${column === '' ? '' : `, ${column}`}: “${text}”, ${why}`,
    ),
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
  ].join('\n')
}
