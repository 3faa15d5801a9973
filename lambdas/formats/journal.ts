import { z } from 'zod'
import type { AccountingEvent } from '../domain/accounting.ts'
import type { FileFacts, FileWriter } from '../domain/export-format.ts'
import { isoTime, type Origin } from '../domain/outward.ts'
import { offsetsOf } from '../domain/timezone.ts'
import { day } from '../domain/window.ts'
import { type AccountPlaces, type AccountRole, accountPath } from './journal-accounts.ts'
import { causeWords } from './journal-causes.ts'
import {
  type AccountUse,
  openingPostings,
  type Posting,
  type PostingRules,
  postingsOf,
  pricedTrade,
} from './journal-postings.ts'
import { comments } from './journal-text.ts'
import { rowId } from './row-id.ts'

/** What sets one tool's journals apart from another's. */
export type Dialect = PostingRules & {
  /** `sentences` are comments. */
  readonly header: (sentences: readonly string[]) => string
  /** One component of an account's name, safe to read for the tool. */
  readonly component: (text: string) => string
  /** The components joined to what the tool takes for an account. */
  readonly account: (role: AccountRole, components: readonly string[]) => string
  /** Two coins never share a name. */
  readonly commodity: (coin: string) => string
  /** `date` is the day before the one on which it is first met: a clock that is put back may come to a day twice. */
  readonly declareAccount: (account: string, role: AccountRole, date: string) => string
  readonly declareCommodity: (commodity: string, coin: string, date: string) => string
  /** Before the first transaction with this payee, where the tool wants it known. */
  readonly declarePayee?: (exchange: string, words: string) => string
  /** The first line of a transaction. */
  readonly title: (date: string, exchange: string, words: string) => string
  readonly tag: (name: string, value: string) => string
  /** Said beside the postings of a trade that has no price. */
  readonly cost?: (total: string) => string
}

/**
 * A double-entry journal: one transaction for each event, in the order of the rows, which the tools keep within a day.
 * Accounts and coins are declared where they are first met: rows are read once, and only the names are remembered, of
 * which there are few.
 */
export function openJournal(
  dialect: Dialect,
  { statement, accounts, timezone, opening, notes, closing }: FileFacts,
  kept: unknown,
): FileWriter {
  const known = keptSchema.optional().parse(kept)
  const offset = offsetsOf(timezone)
  const dayAt = (time: number) => isoTime(time + offset(time)).slice(0, 10)
  const accountNames = new Map<string, string>()
  const commodities = new Map<string, string>()
  const declared = new Set(known?.declared)

  const accountOf = (use: AccountUse, { exchange, subaccount }: Origin): string => {
    const { role, wallet } = use
    const { cause = '' } = use
    const places: AccountPlaces = { exchange, subaccount, wallet, cause }
    const key = JSON.stringify([role, exchange, subaccount, wallet, cause])
    return remembered(accountNames, key, () =>
      dialect.account(role, accountPath(accounts[role], places, dialect.component)),
    )
  }
  const commodityOf = (coin: string) => remembered(commodities, coin, () => dialect.commodity(coin))

  const transaction = (entry: Entry): string => {
    const { time, origin, words } = entry
    let declarations = ''
    let lines = ''
    const declare = (name: string, directive: () => string) => {
      if (declared.has(name)) return
      declared.add(name)
      declarations += directive()
    }
    for (const posting of entry.postings) {
      const account = accountOf(posting.account, origin)
      const commodity = commodityOf(posting.coin)
      declare(`account ${account}`, () =>
        dialect.declareAccount(account, posting.account.role, dayAt(time - day)),
      )
      declare(`commodity ${commodity}`, () =>
        dialect.declareCommodity(commodity, posting.coin, dayAt(time - day)),
      )
      lines += postingLine(posting, account, commodity, commodityOf)
    }
    const payee = dialect.declarePayee?.(origin.exchange, words)
    if (payee !== undefined) declare(`payee ${payee}`, () => payee)
    if (declarations !== '') declarations += '\n'
    return `${declarations}${dialect.title(dayAt(time), origin.exchange, words)}${entry.tags}${lines}\n`
  }
  /** On the day before the period, or before the first row: what was held then belongs to no day of the period. */
  const opened = (first: number): string =>
    opening === undefined || opening.balances.length === 0
      ? ''
      : transaction({
          time: (opening.before ?? first) - day,
          origin: opening.origin,
          words: 'Opening balances, by the word of the owner',
          tags: '',
          postings: openingPostings(opening.balances, dialect),
        })

  let begun = known?.begun ?? false
  return {
    begin: () => {
      const warned = opening === undefined ? [negativeSentence] : []
      return dialect.header([...statement.sentences, '', datesSentence(timezone), ...warned])
    },
    row: ({ origin, meaning }) => {
      let written = ''
      for (const event of meaning.events) {
        const { time } = event.transaction
        if (!begun) written += opened(time)
        begun = true
        notes.wrote()
        const tags = tagLines(dialect, event, isoTime(time), commodityOf)
        const postings = postingsOf(event, dialect)
        written += transaction({ time, origin, words: wordsOf(event), tags, postings })
      }
      return written
    },
    end: () => {
      const first = begun ? '' : opened(0)
      const said = closing()
      return said.length > 0 ? `${first}${comments(said)}` : first
    },
    kept: () => ({ declared: [...declared], begun }),
  }
}

const keptSchema = z.object({ declared: z.array(z.string()), begun: z.boolean() })

/** One transaction of a journal. */
type Entry = {
  readonly time: number
  readonly origin: Origin
  readonly words: string
  readonly tags: string
  readonly postings: readonly Posting[]
}

function datesSentence(timezone: string): string {
  return `Days are those of the clocks in ${timezone}; the tag time is the exact time in UTC.`
}

const negativeSentence =
  'What the accounts held before the first transaction is not in this journal, so that balances may be negative by it: --opening FILE tells it.'

function remembered(names: Map<string, string>, key: string, make: () => string): string {
  const known = names.get(key)
  if (known !== undefined) return known
  const name = make()
  names.set(key, name)
  return name
}

/** Accounts end at two spaces. The sign of an amount has a column of its own. */
function postingLine(
  { amount, total }: Posting,
  account: string,
  commodity: string,
  commodityOf: (coin: string) => string,
): string {
  const signed = amount.startsWith('-') ? amount : ` ${amount}`
  const price = total === undefined ? '' : ` @@ ${total.amount} ${commodityOf(total.coin)}`
  return `    ${account.padEnd(36)}  ${signed} ${commodity}${price}\n`
}

function tagLines(
  { tag, cost, isPriced }: Dialect,
  event: AccountingEvent,
  time: string,
  commodityOf: (coin: string) => string,
): string {
  const { origin, transaction } = event
  const { symbol, orderId, tradeId, type, network, address, txId } = transaction
  const id = rowId(origin, transaction)
  const tags = Object.entries({ time, id, symbol, orderId, tradeId, type, network, address, txId })
  const lines = tags.map(([name, value]) => (value === undefined || value === '' ? '' : tag(name, value)))
  if (cost !== undefined && event.kind === 'trade' && !isPriced(pricedTrade(event)))
    lines.push(cost(`${event.sent.amount} ${commodityOf(event.sent.coin)}`))
  return lines.join('')
}

/** What happened, for whoever reads the journal. */
function wordsOf(event: AccountingEvent): string {
  const { symbol } = event.transaction
  const about = symbol === undefined || symbol === '' ? '' : ` ${symbol}`
  switch (event.kind) {
    case 'trade':
      return `Trade${about}`
    case 'deposit':
      return `Deposit of ${event.received.coin}`
    case 'withdrawal':
      return `Withdrawal of ${event.sent.coin}`
    case 'gain':
    case 'loss':
      return `${causeWords(event)}${about}`
    case 'move':
      return `Move from ${event.from} to ${event.to}`
  }
}
