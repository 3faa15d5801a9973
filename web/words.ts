import type { Account, Sync } from './answers.ts'
import { clock, count, day, duration, minute } from './show.ts'

/** Every text of the console: a second language is another file like this one. */

const rows = (many: number) => `${count(many)} ${many === 1 ? 'row' : 'rows'}`
const gaps = (many: number) => `${count(many)} ${many === 1 ? 'gap' : 'gaps'}`

export const words = {
  product: 'Exchange History',
  title: (page: string) => `${page} · Exchange History`,
  skip: 'Skip to the content',
  menu: 'Pages',
  pages: {
    overview: 'Overview',
    transactions: 'Transactions',
    exports: 'Exports',
    help: 'Help',
    connect: 'Connect',
  },
  api: 'API',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  again: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  more: 'More',
  loading: 'Loading …',
  rows,
  gaps,
  allTimesUtc: 'All times are UTC.',
  localTime: (text: string) => `Your time: ${text}`,

  unreachable: 'The importer does not answer. Look whether it still runs, and try again.',
  strangeAnswer: (status: number) =>
    `Something between this page and the importer answered (${status}). Try again later.`,
  brokenPage:
    'This page does not understand the answer. Reload it; if that does not help, restart the importer.',
  offline: (since: number) =>
    `This page cannot reach the importer since ${clock(since)}; what you see is from then.`,
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
    unverified: 'Nothing known to be missing',
    incomplete: (many: number) => (many === 0 ? 'Not complete yet' : `Not complete: ${gaps(many)}`),
    closed: 'Exchange closed, history kept',
  },
  completeness: {
    complete: 'complete',
    unverified: 'nothing known to be missing',
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
  },

  sync: {
    now: 'Sync now',
    running: 'Syncing …',
    recheck: 'Ask again for everything missing',
    recheckText:
      'Asks the exchange once more for what is missing or what nobody can tell. It does so by itself once a week.',
    last: (at: string, sync: Sync) => `Last sync ${minute(at)} UTC, ${runWords[sync.state]}`,
    next: (at: string) => `next ${minute(at)} UTC`,
    paused: 'no next sync',
    soFar: (stored: number, asked: number) =>
      `${rows(stored)} new or changed so far, ${count(asked)} ${asked === 1 ? 'request' : 'requests'}`,
    waiting: 'waiting',
    done: 'done',
    asked: (percent: number) => `${Math.floor(percent)} % of the time asked for`,
    failedStream: (retry: string | undefined) =>
      retry === undefined
        ? 'It is tried again by the next sync.'
        : `It is tried again at ${minute(retry)} UTC.`,
    title: 'Syncs',
    none: 'No sync is remembered.',
    columns: ['Began', 'Took', 'State', 'New', 'Changed', 'Requests'] as const,
    ended: 'The sync has ended.',
  },

  closing: {
    ends: (name: string, at: string, days: number) =>
      `${name} ends on ${day(at)}, ${days === 1 ? '1 day' : `${count(days)} days`} from now. Nothing can be read after that.`,
    everything: 'Read everything now',
    what: 'What to do',
    closed: (name: string) => `${name} is closed. Your history is kept, and nothing is asked any more.`,
  },

  connection: {
    key: (hint: string) => (hint === '' ? 'key' : `key …${hint}`),
    subaccount: (name: string) => `sub-account ${name}`,
    coverage: 'Coverage',
    streams: 'Streams',
    keyTitle: 'Key',
    rename: 'Rename',
    renameTitle: 'Rename this account',
    name: 'Name',
    nameHint: 'Your own word for it; only you see it.',
    since: 'First used',
    sinceHint:
      'You say that the account was not used before this day: older time then counts as empty, unless a row says otherwise. Leave it empty if you do not know.',
    replace: 'Replace the key',
    disconnect: 'Disconnect',
    disconnectTitle: 'Disconnect this account',
    disconnectText:
      'The stored key is destroyed at once, and nothing is imported any more. The history stays; connecting again goes on with it.',
    delete: 'Delete the history too',
    deleteText:
      'Every row, all coverage and every export that holds rows of it are deleted. What the exchange no longer serves is lost for good.',
    typeToDelete: (name: string) => `Type ${name} to delete its history.`,
    absent: 'What is never imported',
    welcome: 'Connected. The first sync has begun.',
    replaced: 'The key is replaced. The history goes on.',
    read: 'I have read this',
    missing: 'There is no connection with this address.',
    notAsked: 'Nothing is asked any more.',
    settings: 'Settings',
  },

  connect: {
    title: 'Connect an account',
    titleOf: (name: string) => `Connect ${name}`,
    replaceTitle: (name: string) => `Replace the key of ${name}`,
    choose:
      'Choose the exchange. A key that can only read is enough, and the key never comes out of the vault again.',
    states: { open: 'open', closing: 'closing', closed: 'closed' },
    unknown: 'There is no such exchange here. Choose one of these.',
    ends: (at: string) => `Can be read until ${day(at)}.`,
    streams: (names: readonly string[]) => names.join(', '),
    guide: 'Make the key',
    form: 'Enter the key',
    replaceGuide: 'The new key must be of the same account. The history that is here goes on.',
    step: (at: number, of: number) => `Step ${at} of ${of}`,
    back: 'Back',
    next: 'Next',
    openSite: (name: string) => `Open ${name}`,
    addresses: 'The addresses to bind:',
    copyAll: 'Copy all',
    noAddresses:
      'This importer runs on your computer, whose address may change: leave the key unbound. The exchange may let an unbound key expire sooner.',
    show: 'Show',
    hide: 'Hide',
    trimmed: 'White space around it was left out.',
    spaces: 'It begins or ends with white space. That counts here: is it so at the exchange, too?',
    same: 'This is the same text as in the other field: one of the two was pasted twice.',
    swapped: (other: string) => `This looks like the ${other}: were the two swapped?`,
    troublesome: (signs: readonly string[]) =>
      `Other tools stumble over ${signs.join(' and ')}. Here it works.`,
    required: (title: string) => `${title} is missing.`,
    fieldProblem: (title: string, problem: string) => `${title} ${problem}.`,
    more: 'More',
    label: 'Name',
    labelHint: 'Your own word for this account; only you see it.',
    subaccount: 'Sub-account',
    subaccountHint:
      'Its name at the exchange, if the key was made signed in as a sub-account. Empty for the main account.',
    submit: 'Connect',
    replace: 'Replace the key',
    asked: (name: string) => `${name} is asked about this key …`,
    cancelled: 'Cancelled. Nothing was stored.',
    insist: 'I know what this key can do. Use it all the same.',
    undo: 'Better: make a key as the guide says. Its step “rights” is marked.',
    anotherAccount: 'It is another account than those connected already.',
    sameAccount: 'It is the same account whose history this is.',
    existing: 'Open that connection',
    replaceInstead: 'Replace its key instead',
    retryIn: (seconds: number) =>
      `You can try again in ${count(seconds)} ${seconds === 1 ? 'second' : 'seconds'}.`,
    emptied: 'Ten minutes have passed: the fields were emptied.',
    custody: 'The key goes to the vault of this importer and to the exchange, and nowhere else.',
  },

  transactions: {
    title: 'Transactions',
    columns: ['Time (UTC)', 'Account', 'Kind', 'Market', 'What', 'Price', 'Amount', 'Fee', 'Status'] as const,
    kinds: {
      'spot-trade': 'Spot fill',
      'futures-trade': 'Futures fill',
      'futures-ledger': 'Futures ledger',
      withdrawal: 'Withdrawal',
      deposit: 'Deposit',
    },
    filters: {
      connection: 'Account',
      stream: 'Kind',
      symbol: 'Market',
      side: 'Side',
      status: 'Status',
      from: 'From',
      to: 'Before',
      q: 'Search',
      all: 'all',
      placeholder: 'Market, coin, id, address',
      sides: { buy: 'buy', sell: 'sell' },
      statuses: { pending: 'pending', done: 'done', cancelled: 'cancelled', failed: 'failed' },
    },
    clear: 'Clear the filters',
    export: 'Export this',
    none: 'Nothing is stored yet. Rows appear here as soon as the first sync has read some.',
    noAccount: 'No account is connected yet.',
    noMatch: 'Nothing fits these filters.',
    notImported: 'This time was not imported yet: whether there are rows in it, nobody can tell.',
    searched: (time: string) => `Looked for back to ${minute(time)} UTC.`,
    goOn: 'Look further back',
    about: (many: number) => rows(many),
    atLeast: (many: number) => `${rows(many)} so far`,
    fresh: 'New rows: show',
    gapBelow: (name: string, from: string, to: string, reason: string) =>
      `${name}: gap from ${minute(from)} to ${minute(to)} UTC. ${reason}`,
    details: 'Transaction',
    raw: 'As the exchange served it',
    gone: 'This row is not there any more.',
    names: {
      id: 'Id',
      exchange: 'Exchange',
      subaccount: 'Sub-account',
      stream: 'Kind',
      time: 'Time (UTC)',
      symbol: 'Market',
      base: 'Coin',
      quote: 'Against',
      side: 'Side',
      price: 'Price',
      amount: 'Amount',
      quoteAmount: 'Total',
      fee: 'Fee',
      feeCurrency: 'Fee in',
      role: 'Role',
      orderId: 'Order',
      tradeId: 'Fill',
      orderMode: 'Order mode',
      contracts: 'Contracts',
      contractSize: 'Contract size',
      position: 'Position',
      realizedPnl: 'Realised profit or loss',
      account: 'Wallet',
      currency: 'Coin',
      network: 'Network',
      address: 'Address',
      txId: 'Transaction id',
      status: 'Status',
      type: 'Type',
      movedTo: 'Dated anew',
      missingSince: 'Not shown since',
    } as Readonly<Record<string, string>>,
    said: 'What it said before',
    until: (time: string) => `until ${minute(time)} UTC`,
    table: 'Transactions, newest first',
  },

  exports: {
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
        unverified: `nobody can tell from ${from} to ${to} UTC`,
        unasked: `not imported from ${from} to ${to} UTC`,
      })[kind],
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
    ready: 'The file is ready.',
    dropped: (names: readonly string[]) =>
      `An export takes periods and accounts. It cannot be narrowed by ${names.join(', ')}: the file holds all rows of the period.`,
  },

  help: {
    title: 'Help',
    complete: 'What “complete” means',
    completeText: [
      'Covered: the exchange was asked for all of that time, and every row that it served is stored once, digit by digit.',
      'Gap: time that should have been had and was not, with its reason. Some heal by themselves: they say when they are tried again.',
      'Nobody can tell: the time was asked for, and the exchange answers nothing, or not everything, in a way that proves nothing. Older time than an exchange serves is of this kind.',
      'Complete is said only where nothing is missing and nothing is in doubt.',
    ],
    keysKept: 'Where keys are kept',
    keysKeptText: [
      'A key goes into the vault of this importer, and from there to the exchange and nowhere else. No page, answer or log shows it again.',
      'Disconnecting destroys it at once. The history stays, until you delete that too.',
      'What you type into the form of a key is forgotten when you leave the page, and after ten minutes.',
    ],
    keyboard: 'Keyboard',
    shortcuts: [
      ['/', 'search the transactions'],
      ['?', 'this page'],
      ['g o', 'overview'],
      ['g t', 'transactions'],
      ['g e', 'exports'],
      ['↑ ↓ Page Home End', 'move through the rows; Enter opens one, Esc closes it'],
    ] as const,
    shortcutsOn: 'Shortcuts of a single key',
    look: 'Look',
    theme: 'Colours',
    themes: { system: 'as the system', light: 'light', dark: 'dark' },
    programs: 'For programs',
    programsText: 'Whatever this page does, a program can do: it uses the public API and nothing else.',
    docs: 'The API, with examples',
  },

  timeline: {
    range: 'Time shown',
    ranges: { first: 'since the first row', year: '12 months', quarter: '90 days', all: 'everything' },
    legend: {
      covered: 'covered',
      unverified: 'nobody can tell',
      gap: 'gap',
      unasked: 'not asked yet',
      settling: 'settling',
    },
    kinds: {
      covered: 'Covered',
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
      damaged: 'What is stored does not agree with what was stored then.',
      'not-served': 'This kind of key is not served.',
      settling: 'Rows of the last minutes may still appear.',
      unasked: 'A sync has not come to it yet.',
    } as Readonly<Record<string, string>>,
    todo: {
      expired: 'If you kept a statement of the exchange of that time, keep it with your records.',
      saturated: 'Compare this moment with a statement of the exchange.',
      failed: 'Nothing: the next sync asks again.',
      unreadable: 'Nothing: it is read again with every new version.',
      'beyond-depth': 'If the account is younger, say since when it was used, in the settings below.',
      refused: 'If the account is younger, say since when it was used, in the settings below.',
      indivisible: 'Compare this moment with a statement, if it matters to you.',
      'by-order': 'Nothing can be done.',
      damaged: 'Nothing: the next sync asks again.',
      'not-served': 'Connect a key of the main account, if you have one.',
      settling: 'Nothing: the next sync has them.',
      unasked: 'Wait for the sync to end, or start one.',
    } as Readonly<Record<string, string>>,
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
    tip: 'Point at a span, or walk the table, to read what it is.',
    parts: (many: number) => `Show the ${count(many)} parts`,
    wholes: 'Show streams as one',
    uncounted: (many: number) =>
      `and ${count(many)} shorter ones, which only the statement of an export lists`,
    closes: (what: string) => what,
    pinned: (many: number) =>
      many === 1 ? 'a span too short to be seen' : `${many} spans too short to be seen`,
  },
}

const runWords: Readonly<Record<Sync['state'], string>> = {
  running: 'under way',
  complete: 'complete',
  unverified: 'nothing known to be missing',
  incomplete: 'not complete',
  interrupted: 'interrupted',
  failed: 'failed',
}

export const syncState = (state: Sync['state']): string => runWords[state]

export const streamStates: Readonly<Record<Sync['streams'][number]['state'], string>> = {
  waiting: 'waiting',
  running: 'under way',
  complete: 'complete',
  unverified: 'nothing known to be missing',
  incomplete: 'not complete',
  failed: 'failed, tried again',
}

/** What a person calls an account. */
export function accountName({ connection, exchange }: Account): string {
  return connection.label ?? connection.subaccount ?? exchange.name
}

export type Tone = 'good' | 'doubt' | 'bad' | 'soft'

/** The state of an account in a few words; never more than is known. */
export function stateOf({ connection, exchange, streams, sync }: Account): {
  readonly tone: Tone
  readonly text: string
} {
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

/** How much is missing altogether; nothing where nothing is. */
export function gapWords({ streams }: Account): string | undefined {
  const many = streams.reduce((sum, { gaps }) => sum + gaps, 0)
  const long = streams.reduce((sum, { gapMilliseconds }) => sum + gapMilliseconds, 0)
  return many === 0 ? undefined : `${gaps(many)}, ${duration(long)} in all`
}
