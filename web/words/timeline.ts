import { count, day } from '../show.ts'
import { rows } from '../words.ts'

export const timelineWords = {
  range: 'Time shown',
  ranges: { first: 'since the first row', year: '12 months', quarter: '90 days', all: 'everything' },
  legend: {
    covered: 'covered',
    attested: 'attested by a file',
    unverified: 'nobody can tell',
    gap: 'gap',
    unasked: 'not asked yet',
    settling: 'settling',
  },
  kinds: {
    covered: 'Covered',
    attested: 'Attested by a file',
    unverified: 'Nobody can tell',
    gap: 'Gap',
    unasked: 'Not asked yet',
    settling: 'Settling',
  },
  reasons: {
    expired: 'No longer served when we came.',
    saturated: 'More rows in one instant than the exchange can be made to show.',
    failed: 'Not obtained yet.',
    unreadable: 'What was served could not be read, and is kept as it was.',
    'beyond-depth': 'The exchange answered nothing, and so far back an empty answer proves nothing.',
    refused: 'The exchange does not serve that time.',
    indivisible:
      'So many rows share this moment that they were collected part by part; all that were shown are stored.',
    'by-order':
      'The exchange lists rows by their orders and cannot be asked for a time; all that were shown are stored.',
    unlisted: 'The exchange lists this no more and shows nothing of it, which proves nothing.',
    damaged: 'What is stored does not agree with what was stored then.',
    'not-served': 'The exchange does not serve it, or not to this kind of key.',
    settling: 'Rows of the last minutes may still appear.',
    unasked: 'A sync has not come to it yet.',
    owner: 'You say that a file has everything of it. The exchange has not served all of it.',
    balance: 'No row of a file breaks its running balance. The exchange has not served all of it.',
  } as Readonly<Record<string, string>>,
  todo: {
    expired: 'If you have a statement of the exchange of that time, add it on the page Files.',
    saturated: 'Compare this moment with a statement of the exchange.',
    failed: 'Nothing: the next sync asks again.',
    unreadable: 'Nothing: it is read again with every new version.',
    'beyond-depth': 'If the account is younger, say since when it was used, in the settings below.',
    refused: 'If the account is younger, say since when it was used, in the settings below.',
    indivisible: 'Compare this moment with a statement, if it matters to you.',
    'by-order': 'Nothing can be done.',
    unlisted: 'If you have a statement of the exchange of that time, add it on the page Files.',
    damaged: 'Nothing: the next sync asks again.',
    'not-served':
      'If you named it, see how it is spelt. If the key is of a sub-account, connect one of the main account.',
    settling: 'Nothing: the next sync has them.',
    unasked: 'Wait for the sync to end, or start one.',
  } as Readonly<Record<string, string>>,
  ofFiles: (stream: string) => `${stream}, files`,
  older: 'older',
  now: 'now',
  rowsIn: (many: number, from: number, to: number) => `${rows(many)} from ${day(from)} to ${day(to)}`,
  summary: (name: string, sentences: readonly string[]) =>
    `Coverage of ${name}. ${sentences.length === 0 ? 'Everything is covered.' : sentences.join('. ')}. The table below says the same.`,
  table: (many: number) =>
    `The same as a table: ${count(many)} ${many === 1 ? 'span' : 'spans'}, with begin, end, length, reason and what to do`,
  columns: [
    'Stream',
    'State',
    'Begins (UTC)',
    'Ends (UTC)',
    'Length',
    'Why, and what to do',
    'Rows',
  ] as const,
  show: 'Show rows',
  nothing: 'No row is stored yet: add a file.',
  tip: 'Point at a span, or walk the table, to read what it is.',
  parts: (many: number) => `Show the ${count(many)} parts`,
  wholes: 'Show streams as one',
  uncounted: (many: number) => `and ${count(many)} shorter ones, which only the statement of an export lists`,
  pinned: (many: number) =>
    many === 1 ? 'a span too short to be seen' : `${many} spans too short to be seen`,
}
