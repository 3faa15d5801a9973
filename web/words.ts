import type { Account, NamesAsked, Sync } from './answers.ts'
import { clock, count, day, duration, minute } from './show.ts'

/** Every text of the console, here and in words/: a second language is other files like these. */

export const rows = (many: number) => `${count(many)} ${many === 1 ? 'row' : 'rows'}`
const gaps = (many: number) => `${count(many)} ${many === 1 ? 'gap' : 'gaps'}`

export const words = {
  product: 'Exchange History',
  title: (page: string) => `${page} · Exchange History`,
  skip: 'Skip to the content',
  menu: 'Pages',
  pages: {
    overview: 'Overview',
    transactions: 'Transactions',
    files: 'Files',
    exports: 'Exports',
    help: 'Help',
    connect: 'Connect',
  },
  close: 'Close',
  cancel: 'Cancel',
  again: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  loading: 'Loading …',
  rows,

  unreachable: 'The importer does not answer. Look whether it still runs, and try again.',
  strangeAnswer: (status: number) =>
    `Something between this page and the importer answered (${status}). Try again later.`,
  brokenPage:
    'This page does not understand the answer. Reload it; if that does not help, restart the importer.',
  offline: (since: number) =>
    `This page cannot reach the importer since ${clock(since)}; what you see is from then.`,
  /** What the pages call what a request calls otherwise. */
  fields: {
    from: 'From',
    to: 'Before',
    stream: 'Kind',
    symbol: 'Market',
    side: 'Side',
    status: 'Status',
    q: 'Search',
    label: 'Name',
    accountSince: 'First used',
  } satisfies Readonly<Record<string, string>>,
  wrongField: (name: string, problem: string) => `“${name}” ${problem}.`,
  noConnection: 'There is no connection with this address.',
  notFound: 'There is no such page. The overview has all there is.',

  signIn: {
    title: 'Sign in',
    text: 'Your history is yours alone: sign in to see it.',
    button: 'Sign in',
    out: 'Sign out',
    expired:
      'You are signed out: an hour is over. What you see stays until you sign in again, on the sign-in page.',
  },

  state: {
    disconnected: 'Disconnected, history kept',
    attention: 'Needs you',
    first: 'First sync under way',
    never: 'Never synced',
    complete: 'Complete',
    unverified: 'Not known to be complete',
    incomplete: (many: number) => (many === 0 ? 'Not complete yet' : `Not complete: ${gaps(many)}`),
    closed: 'Exchange closed, history kept',
    fromFiles: 'From files alone',
    noFiles: 'No file is stored',
  },
  completeness: {
    complete: 'complete',
    unverified: 'not known to be complete',
    incomplete: 'not complete',
  },

  overview: {
    title: 'Overview',
    none: 'No account is connected yet.',
    noneText:
      'Have two things at hand: a computer on which you are signed in at your exchange, and its confirmation codes. It takes about five minutes.',
    connect: 'Connect an account',
    another: 'Connect another account',
    total: (accounts: number, all: number) =>
      `${count(accounts)} ${accounts === 1 ? 'account' : 'accounts'}, ${rows(all)}`,
    open: 'Coverage',
    rows: 'Rows',
    replace: 'Replace the key',
    reconnect: 'Connect again',
    export: 'Export',
    addFile: 'Add a file',
    firstKey: 'Connect a key',
    orFile: 'Or add a file that an exchange let you download',
    ofFiles: (many: number) => `${rows(many)} of these only files tell`,
  },

  sync: {
    now: 'Sync now',
    running: 'Syncing …',
    last: (at: string, sync: Sync) => `Last sync ${minute(at)} UTC, ${runWords[sync.state]}`,
    next: (at: string) => `next ${minute(at)} UTC`,
    paused: 'no nightly syncs: paused',
    soFar: (stored: number, asked: number) =>
      `${rows(stored)} new or changed so far, ${count(asked)} ${asked === 1 ? 'request' : 'requests'}`,
    left: (ms: number) =>
      ms < 60_000
        ? 'time left less than a minute'
        : `time left about ${duration(Math.round(ms / 60_000) * 60_000)}`,
    position: (at: string) => `oldest row so far: ${day(at)}`,
    waiting: 'waiting',
    asked: (percent: number) => `${Math.floor(percent)} % asked for`,
    names: ({ each, asked, of, apart }: NamesAsked) =>
      `${count(asked)} of ${count(of)} ${each} asked for${apart === undefined ? '' : `, each by ${apart.filter} (${apart.values.join(', ')})`}`,
    failedStream: (retry: string | undefined) =>
      retry === undefined
        ? 'It is tried again by the next sync.'
        : `It is tried again at ${minute(retry)} UTC.`,
    ended: 'The sync has ended.',
    warned: 'The last sync saw something that you should look at.',
  },

  closing: {
    ends: (name: string, at: string, days: number) =>
      `${name} ends on ${day(at)}, ${days === 1 ? '1 day' : `${count(days)} days`} from now. Nothing can be read after that.`,
    what: 'What to do',
    everything: 'Read everything now',
    closed: (name: string) => `${name} is closed. Your history is kept, and nothing is asked any more.`,
  },

  /** Of an account without a name of its own. */
  ofFiles: (exchange: string) => `${exchange}, from files`,

  connection: {
    key: (hint: string) => (hint === '' ? 'key' : `key …${hint}`),
    subaccount: (name: string) => `sub-account ${name}`,
    fromFiles: 'from files, without a key',
  },
}

const runWords: Readonly<Record<Sync['state'], string>> = {
  running: 'under way',
  complete: 'complete',
  unverified: 'not known to be complete',
  incomplete: 'not complete',
  interrupted: 'interrupted',
  failed: 'failed',
}

export const syncState = (state: Sync['state']): string => runWords[state]

export const streamStates: Readonly<Record<Sync['streams'][number]['state'], string>> = {
  waiting: 'waiting',
  running: 'under way',
  complete: 'complete',
  unverified: 'not known to be complete',
  incomplete: 'not complete',
  failed: 'failed, tried again',
}

const tones = { complete: 'good', unverified: 'doubt', incomplete: 'bad' } as const

export const toneOf = (state: keyof typeof tones): Tone => tones[state]

const dayLength = 86_400_000

/** That an exchange ends and how many days are left, or that it has ended; nothing where it lives. */
export function closingSentence(
  { name, state, closing }: Pick<Account['exchange'], 'name' | 'state' | 'closing'>,
  now: number,
): string | undefined {
  const end = closing.find(({ ends }) => ends === 'everything')
  if (end === undefined) return undefined
  if (state === 'closed') return words.closing.closed(name)
  return words.closing.ends(name, end.at, Math.floor((Date.parse(end.at) - now) / dayLength))
}

/** What a person calls an account. */
export function accountName({ connection, exchange }: Account): string {
  const { label, subaccount, fromFiles } = connection
  return label ?? subaccount ?? (fromFiles ? words.ofFiles(exchange.name) : exchange.name)
}

/** What tells an account from others, beside its name. */
export function accountFacts(account: Account): string {
  const { connection, exchange } = account
  const name = accountName(account)
  return [
    ...(exchange.name === name ? [] : [exchange.name]),
    ...(connection.subaccount === undefined || connection.subaccount === name
      ? []
      : [words.connection.subaccount(connection.subaccount)]),
    connection.fromFiles ? words.connection.fromFiles : words.connection.key(connection.keyHint),
  ].join(' · ')
}

/** Whether nobody asks its exchange any more, or ever did: what is here is what there is. */
export function isKept({ connection, exchange }: Account): boolean {
  return connection.status === 'disconnected' || exchange.state === 'closed'
}

export type Tone = 'good' | 'doubt' | 'bad' | 'soft'

/** The state of an account in a few words; never more than is known. */
export function stateOf({ connection, exchange, streams, sync, rows }: Account): {
  readonly tone: Tone
  readonly text: string
} {
  if (connection.fromFiles)
    return { tone: 'soft', text: rows === 0 ? words.state.noFiles : words.state.fromFiles }
  if (connection.status === 'attention') return { tone: 'bad', text: words.state.attention }
  if (connection.status === 'disconnected') return { tone: 'soft', text: words.state.disconnected }
  if (exchange.state === 'closed') return { tone: 'soft', text: words.state.closed }
  if (connection.completeness === undefined)
    return { tone: 'soft', text: sync?.state === 'running' ? words.state.first : words.state.never }
  const missing = streams.reduce((sum, { gaps }) => sum + gaps, 0)
  switch (connection.completeness) {
    case 'complete':
      return { tone: 'good', text: words.state.complete }
    case 'unverified':
      return { tone: 'doubt', text: words.state.unverified }
    case 'incomplete':
      return { tone: 'bad', text: words.state.incomplete(missing) }
  }
}

/** How many rows there are, when the exchange was asked, and when it is asked again; as far as that is known now. */
export function historyFacts(account: Account): string {
  const { connection, sync, rows: many, files } = account
  const isRunning = sync?.state === 'running'
  return [
    // While the first sync runs, its own numbers are newer.
    ...(isRunning && connection.completeness === undefined ? [] : [rows(many)]),
    ...(files !== undefined && !connection.fromFiles ? [words.overview.ofFiles(files.rows)] : []),
    ...(sync === undefined || isRunning ? [] : [words.sync.last(sync.finishedAt ?? sync.startedAt, sync)]),
    ...(isRunning || isKept(account) ? [] : nextSync(connection)),
  ].join(' · ')
}

/** When somebody asks the exchange again; nothing where nobody does. */
function nextSync({ paused, nextSyncAt }: Account['connection']): readonly string[] {
  if (paused) return [words.sync.paused]
  return nextSyncAt === undefined ? [] : [words.sync.next(nextSyncAt)]
}

/** With more parts than this an account is asked name by name. */
const mostParts = 20

function timesOf({ from, to }: { readonly from: string; readonly to: string }) {
  return { from: Date.parse(from), to: Date.parse(to) }
}

/** How much is missing, and how long the longest of it; nothing where nothing is. */
export function gapWords({ streams }: Account): string | undefined {
  const sum = (of: 'gaps' | 'parts' | 'gapParts') => streams.reduce((total, one) => total + one[of], 0)
  const many = sum('gaps')
  const [longest] = streams
    .flatMap(({ longestGap }) => (longestGap === undefined ? [] : [timesOf(longestGap)]))
    .sort((a, b) => b.to - b.from - (a.to - a.from))
  if (longest === undefined) return undefined
  const { from, to } = longest
  const at = to - from < 2 * dayLength ? minute : day
  // Of many names each has its own: their lengths do not add up to any time.
  const where =
    sum('parts') > mostParts ? `, in ${count(sum('gapParts'))} of ${count(sum('parts'))} names` : ''
  return `${gaps(many)}${where}, ${many === 1 ? '' : 'the longest '}from ${at(from)} to ${at(to)} UTC`
}
