import { count, day, minute } from '../show.ts'
import { gaps } from '../words.ts'

export const exportWords = {
  title: 'Exports',
  make: 'Make a file',
  format: 'Format',
  carries: 'What the file carries',
  cannotSay: 'What it has no words for',
  upload: 'How to upload it',
  period: 'Period',
  periods: { all: 'all time', year: 'a year', own: 'from and to' },
  year: 'Year',
  from: 'First day',
  to: 'Last day',
  daysHint: 'Days such as 2026-01-31, the last one included; or times with their zone. Empty: no limit.',
  moreLines: (many: number) => `and ${count(many)} more`,
  linksUntil: (at: string) => `The links work until ${at} UTC; this page asks for new ones.`,
  zone: 'Time zone',
  zoneHint: 'In which days begin and end, such as Europe/Berlin.',
  accounts: 'Accounts',
  allAccounts: 'all accounts',
  incomplete: 'Not complete for this period:',
  complete: 'Everything of this period is covered, as far as anything can be.',
  alsoSaid: 'The statement beside the file says so too.',
  short: (kind: 'gap' | 'unverified' | 'unasked', many: number, from: string, to: string) =>
    ({
      gap: many === 1 ? `gap from ${from} to ${to} UTC` : `${gaps(many)} between ${from} and ${to} UTC`,
      unverified:
        many === 1
          ? `nobody can tell from ${from} to ${to} UTC`
          : `nobody can tell of ${count(many)} times between ${from} and ${to} UTC`,
      unasked:
        many === 1
          ? `not imported from ${from} to ${to} UTC`
          : `${count(many)} times between ${from} and ${to} UTC were not imported`,
    })[kind],
  onlyFiles: (name: string) =>
    `${name}: only its files tell of it, and what they do not tell nobody can be asked for`,
  submit: 'Make the file',
  noAccount: 'No account is connected yet: there is nothing to export.',
  past: 'Past files',
  none: 'Nothing was exported in the last seven days.',
  waiting: 'being written …',
  failed: 'It could not be written. Make it again; if that fails too, look at the log of the importer.',
  of: (format: string, period: string) => `${format}, ${period}`,
  allTime: 'all time',
  until: (to: string) => `before ${day(to)}`,
  since: (from: string) => `from ${day(from)}`,
  between: (from: string, to: string) => `${day(from)} to before ${day(to)}`,
  download: 'Download',
  statement: 'Statement',
  says: 'What the file covers',
  again: 'Make it again',
  kept: (at: string) => `Made ${minute(at)} UTC. Files are kept for seven days.`,
  dropped: (names: readonly string[]) =>
    `An export takes periods and accounts. It cannot be narrowed by ${names.join(', ')}: the file holds all rows of the period.`,
}
