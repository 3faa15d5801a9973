import type { AccountingEvent, Cause } from '../domain/accounting.ts'
import type { ExportInput } from '../domain/export-format.ts'
import { isoTime, outwardId } from '../domain/outward.ts'
import type { Statement } from '../domain/statement.ts'
import { type AccountPlaces, type AccountRole, accountPath } from './journal-accounts.ts'
import { type AccountUse, type Posting, type PostingRules, postingsOf } from './journal-postings.ts'

/** What sets one tool's journals apart from another's. */
export type Dialect = PostingRules & {
  readonly header: (statement: Statement) => string
  /** One component of an account's name, safe to read for the tool. */
  readonly component: (text: string) => string
  /** The components joined to what the tool takes for an account. */
  readonly account: (role: AccountRole, components: readonly string[]) => string
  /** Two coins never share a name. */
  readonly commodity: (coin: string) => string
  /** `date` is the day on which it is first met. */
  readonly declareAccount: (account: string, role: AccountRole, date: string) => string
  readonly declareCommodity: (commodity: string, coin: string, date: string) => string
  /** The first line of a transaction. */
  readonly title: (date: string, exchange: string, words: string) => string
  readonly tag: (name: string, value: string) => string
  /** Said beside the postings where trades have no price. */
  readonly cost?: (total: string) => string
}

/**
 * A double-entry journal: one transaction for each event, in the order of the rows, which the tools keep within a day.
 * Accounts and coins are declared where they are first met: rows are read once, and only the names are remembered, of
 * which there are few.
 */
export async function* writeJournal(
  dialect: Dialect,
  { rows, statement, accounts }: ExportInput,
): AsyncIterable<string> {
  yield dialect.header(statement)
  const accountNames = new Map<string, string>()
  const commodities = new Map<string, string>()
  const declared = new Set<string>()

  const accountOf = (use: AccountUse, event: AccountingEvent): string => {
    const { role, wallet } = use
    const cause: Cause | '' = use.cause ?? ''
    const { exchange, subaccount } = event.origin
    const places: AccountPlaces = { exchange, subaccount, wallet, cause }
    const key = JSON.stringify([role, exchange, subaccount, wallet, cause])
    return remembered(accountNames, key, () =>
      dialect.account(role, accountPath(accounts[role], places, dialect.component)),
    )
  }
  const commodityOf = (coin: string) => remembered(commodities, coin, () => dialect.commodity(coin))

  for await (const { origin, meaning } of rows)
    for (const event of meaning.events) {
      const time = isoTime(event.transaction.time)
      const date = time.slice(0, 10)
      let declarations = ''
      let lines = ''
      const declare = (name: string, directive: () => string) => {
        if (declared.has(name)) return
        declared.add(name)
        declarations += directive()
      }
      for (const posting of postingsOf(event, dialect)) {
        const account = accountOf(posting.account, event)
        const commodity = commodityOf(posting.coin)
        declare(`account ${account}`, () => dialect.declareAccount(account, posting.account.role, date))
        declare(`commodity ${commodity}`, () => dialect.declareCommodity(commodity, posting.coin, date))
        lines += postingLine(posting, account, commodity, commodityOf)
      }
      if (declarations !== '') declarations += '\n'
      const title = dialect.title(date, origin.exchange, wordsOf(event))
      yield `${declarations}${title}${tagLines(dialect, event, time, commodityOf)}${lines}\n`
    }
}

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
  { tag, cost, trades }: Dialect,
  { origin, transaction, ...event }: AccountingEvent,
  time: string,
  commodityOf: (coin: string) => string,
): string {
  const { symbol, orderId, tradeId, type, network, address, txId } = transaction
  const id = outwardId(origin, transaction)
  const tags = Object.entries({ time, id, symbol, orderId, tradeId, type, network, address, txId })
  const lines = tags.map(([name, value]) => (value === undefined || value === '' ? '' : tag(name, value)))
  if (trades === 'trading-account' && cost !== undefined && event.kind === 'trade')
    lines.push(cost(`${event.sent.amount} ${commodityOf(event.sent.coin)}`))
  return lines.join('')
}

const gains: Readonly<Record<Cause, string>> = {
  'realized-pnl': 'Realised profit',
  funding: 'Funding received',
  commission: 'Commission returned',
  liquidation: 'Liquidation received',
  rebate: 'Fee rebate',
  other: 'Other gain',
}

const losses: Readonly<Record<Cause, string>> = {
  'realized-pnl': 'Realised loss',
  funding: 'Funding paid',
  commission: 'Commission',
  liquidation: 'Liquidation paid',
  rebate: 'Fee rebate taken back',
  other: 'Other loss',
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
      return `${gains[event.cause]}${about}`
    case 'loss':
      return `${losses[event.cause]}${about}`
    case 'move':
      return `Move from ${event.from} to ${event.to}`
  }
}
