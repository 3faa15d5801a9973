import { attestedTime, type FileTime } from './attested.ts'
import { behindOf, toldBehind } from './behind.ts'
import { closingDates } from './closing-words.ts'
import { type Completeness, type Judgement, judge, ownersWord, whoseOf } from './completeness.ts'
import type { Coverage } from './coverage.ts'
import { completeIn, streamNames } from './coverage-words.ts'
import type { ExchangeDefinition } from './exchange.ts'
import { type Account, namedAlike, type StatementFacts, statementSentences } from './export-statement.ts'
import { type FileRows, noFileRows } from './file-rows.ts'
import { ordersWords, toldOrders } from './order-witness.ts'
import { isoTime } from './outward.ts'
import type { Period } from './period.ts'
import { periodInWords } from './period-words.ts'
import { product } from './product.ts'
import { provenTime } from './proven-time.ts'
import { kindsOfFilesOnly, syncedUntil } from './statement.ts'
import { isListed, type KindOf, kindsOf, type StreamDefinition } from './stream.ts'
import type { Window } from './window.ts'

/** The statement for programs: each fact in a field, and the sentences as they stand in the text. */
export function statementDocument(facts: StatementFacts) {
  const { statement, accounts, period, timezone, format, tally, file, madeAt } = facts
  const asOf = syncedUntil(accounts)
  const alike = namedAlike(accounts, tally.apartFromSums !== undefined)
  return {
    state: statement.state,
    period: {
      words: periodInWords(period, timezone),
      timezone,
      ...(period.from !== undefined && { from: isoTime(period.from) }),
      ...(period.to !== undefined && { to: isoTime(period.to) }),
    },
    ...(asOf !== undefined && { asOf: isoTime(asOf) }),
    made: isoTime(madeAt),
    with: product,
    format: format.id,
    clocks: format.timezone === 'utc' ? 'UTC' : timezone,
    file,
    accounts: accounts.map((account) => ({
      ...accountDocument(account, period, madeAt, tally.fileRowsOf.get(account.id)),
      sums: tally.sumsOf.get(account.id) ?? [],
    })),
    ...(alike.length > 0 && { namedAlike: alike.map((some) => some.map(({ id }) => id)) }),
    rows: tally.rows,
    fills: { tellingTheirOwn: tally.toldByFills, withoutLedger: tally.withoutLedger },
    ...(tally.mayBeTwice > 0 && { mayBeTwice: tally.mayBeTwice }),
    ...(tally.apartFromSums !== undefined && { apartFromSums: tally.apartFromSums }),
    ...(tally.opening.length > 0 && {
      opening: { by: 'owner', entries: 1, balances: tally.opening, doubts: tally.openingDoubts },
    }),
    sums: tally.sums,
    cannotSay: format.cannotSay,
    upload: format.upload,
    sentences: statementSentences(facts),
  }
}

function accountDocument(account: Account, period: Period, madeAt: number, fileRows = noFileRows) {
  const { id, exchange, coverage, accountSince, statementsOnly, files, label, subaccount, keyHint } = account
  const word = ownersWord(accountSince, coverage, files)
  return {
    id,
    exchange: exchange.name,
    ...(label !== undefined && { label }),
    ...(subaccount !== '' && { subaccount }),
    ...(keyHint !== '' && { keyHint }),
    ...(statementsOnly && { withoutKey: true }),
    ...(word !== undefined && {
      ownersWord: {
        notUsedBefore: isoTime(word.at),
        ...(word.refutedBy !== undefined && { refutedBy: isoTime(word.refutedBy) }),
      },
    }),
    streams: kindsOf(exchange.streams).map((kind) =>
      streamDocument(kind, coverage, { period, word, statementsOnly }),
    ),
    ...(files !== undefined && { files: fileDocument(exchange.streams, coverage, files, fileRows) }),
    neverImported: exchange.absent,
    closing: closingDates(exchange, madeAt),
  }
}

function streamDocument(
  kind: KindOf<StreamDefinition>,
  coverage: readonly Coverage[],
  scope: Parameters<typeof judge>[2],
): {
  readonly stream: string
  readonly title: string
  readonly state: Completeness
  readonly complete: readonly object[]
  readonly unverified: readonly object[]
  readonly gaps: readonly object[]
  readonly behind?: readonly object[]
  readonly orders?: readonly object[]
  readonly only?: readonly object[]
  readonly asked?: readonly object[]
  readonly notes?: readonly object[]
  readonly unfinished?: number
  readonly rows?: object
} {
  const [{ stream }] = kind
  const judged = judge(kind, coverage, scope)
  const { state, parts, unverified, gaps } = judged
  const [behind, orders] = [behindOf(judged), ordersWords(parts)]
  const lesser = parts.flatMap(({ reserved }) => reserved)
  const [asked, noted, rows] = [askedDocument(kind, parts), notesDocument(parts), oddRows(parts)]
  const unfinished = parts.reduce((sum, part) => sum + part.unfinished.length, 0)
  const open = parts.filter(({ note }) => note === undefined)
  const { windows, of } = completeIn(open)
  const whose = of.length === parts.length ? {} : whoseOf(of)
  return {
    stream,
    title: streamNames[stream],
    state,
    complete: windows.map((window) => ({ ...told(window), ...whose })),
    unverified: unverified.map(({ from, to, ...why }) => ({ ...told({ from, to }), ...why })),
    gaps: gaps.map(({ from, to, ...why }) => ({ ...told({ from, to }), ...why })),
    ...(behind.length > 0 && { behind: toldBehind(behind) }),
    ...(orders.length > 0 && { orders: toldOrders(orders) }),
    // What is stored of this time is all that there is, and says less than of other time.
    ...(lesser.length > 0 && {
      only: lesser.map(({ by, ...window }) => ({ ...told(window), what: by.title })),
    }),
    ...(asked.length > 0 && { asked }),
    ...(noted.length > 0 && { notes: noted }),
    ...(unfinished > 0 && { unfinished }),
    ...(Object.keys(rows).length > 0 && { rows }),
  }
}

/** Of names that have their turn on different nights: how many were asked for, and when the syncs began that did. */
function askedDocument(kind: KindOf<StreamDefinition>, parts: Judged['parts']): readonly object[] {
  return kind.flatMap((definition) => {
    if (!isListed(definition.partitions)) return []
    const mine = parts.filter((part) => part.definition === definition)
    if (mine.length === 0) return []
    const asked = mine.flatMap((part) => (part.asked === undefined ? [] : [part.asked])).sort((a, b) => a - b)
    const [first, last] = [asked[0], asked.at(-1)]
    return [
      {
        what: definition.partitions.each[1],
        parts: asked.length,
        notYet: mine.length - asked.length,
        ...(first !== undefined && last !== undefined && { first: isoTime(first), last: isoTime(last) }),
      },
    ]
  })
}

type Judged = Judgement<StreamDefinition>

/** Why the exchange says that some parts have nothing. */
function notesDocument(parts: Judged['parts']): readonly object[] {
  const notes = [...new Set(parts.flatMap(({ note }) => (note === undefined ? [] : [note])))]
  return notes.map((note) => {
    const noted = parts.filter((part) => part.note === note)
    return { note, parts: noted.length, of: parts.length, ...(noted.length < parts.length && whoseOf(noted)) }
  })
}

/** Single rows that are kept and of which something is to be said. */
function oddRows(parts: Judged['parts']): object {
  const count = (of: 'missing' | 'unread' | 'revised') =>
    parts.reduce((sum, part) => sum + (part[of]?.length ?? 0), 0)
  const [missing, unreadable, revised] = [count('missing'), count('unread'), count('revised')]
  return {
    ...(missing > 0 && { missing }),
    ...(unreadable > 0 && { unreadable }),
    ...(revised > 0 && { revised }),
  }
}

/** What files attest beside what is covered, and why of some less than was said of them. */
function fileDocument(
  streams: ExchangeDefinition['streams'],
  coverage: readonly Coverage[],
  files: FileTime,
  { owner, balance, nobody, shown }: FileRows,
) {
  const kinds = kindsOf(streams)
  const of = [...new Set(files.claims.map(({ stream }) => stream))]
  return {
    neverAskedFor: kindsOfFilesOnly(streams, files),
    // Those in the file, by whose word a statement file has all that happened around them.
    rows: {
      attestedByOwner: owner,
      attestedByBalance: balance,
      attestedByNobody: nobody,
      ofTimeShown: shown,
    },
    attested: of.flatMap((stream) => {
      const kind = kinds.find(([one]) => one.stream === stream)
      const covered = kind === undefined ? [] : provenTime(kind, coverage)
      return attestedTime(files, stream, covered).map(({ by, ...window }) => ({
        stream,
        ...told(window),
        by,
      }))
    }),
    attestingNothing: files.claims.flatMap(({ stream, withdrawn }) =>
      withdrawn === undefined
        ? []
        : [
            {
              stream,
              ...(withdrawn.why === 'round'
                ? { cutAt: withdrawn.count }
                : { [withdrawn.why === 'refuted' ? 'refutedBy' : 'disprovedAt']: isoTime(withdrawn.at) }),
            },
          ],
    ),
  }
}

function told({ from, to }: Window) {
  return { from: isoTime(from), to: isoTime(to) }
}
