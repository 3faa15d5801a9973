import type { AskedOwner } from '../../../lambdas/statements/file-plan.ts'
import { type Layout, layoutSchema, missingOf } from '../../../lambdas/statements/layout.ts'
import { type PairSign, signBetween } from '../../../lambdas/statements/pair-sign.ts'
import { shortMapping } from './mapping-file.ts'
import type { Asker } from './terminal-questions.ts'

type LayoutQuestion = Extract<AskedOwner, { about: 'layout' }>
type Field = keyof Layout['columns']

/** What a row may be, with the fields that such a row tells. Those behind the first few it can do without. */
const kinds: readonly {
  readonly name: string
  readonly granularity: Layout['granularity']
  readonly stream: Layout['stream']
  readonly fields: readonly Field[]
  readonly hasSide: boolean
}[] = [
  trade('a fill of spot trading', 'fill', 'spot-trade', ['tradeId', 'orderId']),
  trade('an order of spot trading', 'order', 'spot-trade', ['orderId']),
  trade('a fill of futures', 'fill', 'futures-trade', ['realizedPnl', 'tradeId', 'orderId']),
  trade('an order of futures', 'order', 'futures-trade', ['realizedPnl', 'orderId']),
  plain('a closed position of futures', 'position', 'futures-position', [
    'symbol',
    'realizedPnl',
    'amount',
    'fee',
    'feeCurrency',
  ]),
  plain('a change of the futures account', 'ledger', 'futures-ledger', [
    'currency',
    'amount',
    'type',
    'symbol',
    'balance',
  ]),
  plain('a change of the spot account', 'ledger', 'spot-ledger', ['currency', 'amount', 'type', 'balance']),
  plain('a withdrawal', 'transfer', 'withdrawal', [
    'currency',
    'amount',
    'fee',
    'feeCurrency',
    'txId',
    'address',
  ]),
  plain('a deposit', 'transfer', 'deposit', ['currency', 'amount', 'txId', 'address']),
]

function trade(
  name: string,
  granularity: 'fill' | 'order',
  stream: 'spot-trade' | 'futures-trade',
  more: readonly Field[],
) {
  const fields: readonly Field[] = ['symbol', 'amount', 'price', 'quoteAmount', 'fee', 'feeCurrency', ...more]
  return { name, granularity, stream, fields, hasSide: true }
}

function plain(
  name: string,
  granularity: Layout['granularity'],
  stream: Layout['stream'],
  fields: readonly Field[],
) {
  return { name, granularity, stream, fields, hasSide: false }
}

const fieldWords: Readonly<Partial<Record<Field, string>>> = {
  symbol: 'the pair',
  base: 'the coin that was traded',
  quote: 'the coin that was paid with',
  amount: 'the amount',
  price: 'the price',
  quoteAmount: 'the amount that was paid in all',
  fee: 'the fee',
  feeCurrency: 'the coin of the fee',
  realizedPnl: 'the profit or loss',
  tradeId: 'the id of the trade',
  orderId: 'the id of the order',
  currency: 'the coin',
  type: 'what happened',
  balance: 'the balance after it',
  txId: 'the transaction id',
  address: 'the address',
}

const wordsOf = new Map<string, string>(Object.entries(fieldWords))

/** Asks what each column means, the likely one first, until a row can be read with it. */
export async function askLayout(question: LayoutQuestion, asker: Asker): Promise<Layout> {
  const { table, saved, missing } = question
  asker.tell(
    missing.length === 0
      ? `\nNobody here knows what the columns of ${table} mean.`
      : `\n${table}: ${missing.join(' ')} What you said before is offered again.`,
  )
  if (saved !== undefined && missing.length === 0) {
    const same = await asker.choose('You said what they mean for a file with the same header before:', [
      `use that: ${layoutWords(saved)}`,
      'say it anew',
    ])
    if (same === 0) return saved
  }
  let likely: Likely = { ...question.proposal }
  for (;;) {
    const layout = await askOnce(question, likely, asker)
    const open = missingOf(layout)
    if (open.length === 0) return layout
    asker.tell('\nThat is not enough yet:')
    for (const sentence of open) asker.tell(`  ${sentence}`)
    // What was said stays said: Enter says it again.
    likely = layout
  }
}

/** What somebody said of columns before, so that he knows it again. */
function layoutWords(layout: Layout): string {
  const { granularity, stream, time, columns, words, ...more } = layout
  const kind = kinds.find((one) => one.granularity === granularity && one.stream === stream)
  const named = Object.entries(columns).map(([field, name]) => `${name} ${wordsOf.get(field) ?? field}`)
  const meant = words.flatMap(({ column, means }) =>
    Object.entries(means).map(([word, { side, ...other }]) => {
      const rest = Object.values(other).join(', ')
      return `“${word}” in ${column} ${side === undefined ? rest : sideWords[side]}`
    }),
  )
  const rest = Object.entries(shortMapping({ ...layout, columns: {}, words: [] }))
    .filter(([name]) => name in more)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return [
    `a row is ${kind?.name ?? `${granularity}, ${stream}`}`,
    `${time} the time`,
    ...named,
    ...meant,
    ...rest,
  ].join('; ')
}

const sideWords = { buy: 'bought', sell: 'sold' } as const

/** What Enter alone says. */
type Likely = Pick<LayoutQuestion['proposal'], 'time' | 'columns' | 'words' | 'symbol'> &
  Partial<Pick<Layout, 'granularity' | 'stream' | 'paidFees'>>

async function askOnce({ columns, samples }: LayoutQuestion, likely: Likely, asker: Asker): Promise<Layout> {
  const before = kinds.findIndex(
    ({ granularity, stream }) => granularity === likely.granularity && stream === likely.stream,
  )
  const place = await asker.choose(
    'What is a row of it?',
    kinds.map(({ name }) => name),
    before < 0 ? undefined : before,
  )
  const kind = kinds[place] ?? kinds[0]
  if (kind === undefined) throw new Error('There are no kinds of rows.')
  const valuesOf = (name: string) => {
    const at = columns.indexOf(name)
    return [...new Set(samples.map((cells) => cells[at] ?? '').filter((cell) => cell !== ''))]
  }
  const sampled = (name: string) => valuesOf(name).slice(0, 5).join(' | ')
  const chosenFor = new Map<string, string>()
  const shown = () =>
    columns.map((name) => {
      const what = chosenFor.get(name)
      return `${name}: ${sampled(name)}${what === undefined ? '' : ` (${what})`}`
    })
  const note = (name: string | undefined, what: string) => {
    if (name !== undefined) chosenFor.set(name, what)
    return name
  }
  asker.tell('\nIts columns, with what they have in the first lines:')
  asker.list([...shown(), 'none'])
  const column = async (what: string, usually: string | undefined): Promise<string | undefined> => {
    const usual = usually === undefined ? columns.length : columns.indexOf(usually)
    const chosen = await asker.pick(`Which column has ${what}?`, [...shown(), 'none'], usual)
    return note(columns[chosen], what)
  }
  const timed = await asker.pick(
    'Which column has the time?',
    shown(),
    likely.time === undefined ? undefined : columns.indexOf(likely.time),
  )
  note(columns[timed], 'the time')
  const [told] = likely.words
  const side = kind.hasSide ? await column('whether it was bought or sold', told?.column) : undefined
  const named: Partial<Record<Field, string>> = {}
  const ask = async (field: Field) => {
    const found = await column(fieldWords[field] ?? field, likely.columns[field])
    if (found !== undefined) named[field] = found
  }
  let sign: PairSign | undefined
  for (const field of kind.fields) {
    await ask(field)
    if (field !== 'symbol') continue
    if (named.symbol !== undefined) sign = await askSign(valuesOf(named.symbol), asker)
    if (sign === undefined && kind.hasSide) for (const coin of ['base', 'quote'] as const) await ask(coin)
  }
  return layoutSchema.parse({
    granularity: kind.granularity,
    stream: kind.stream,
    time: columns[timed],
    columns: named,
    ...(side !== undefined && {
      words: [{ column: side, isClosed: true, means: await askSides(side, valuesOf(side), told, asker) }],
    }),
    ...(sign !== undefined && { symbol: { split: sign, join: sign } }),
    ...(named.fee !== undefined && {
      paidFees: await askFees(sampled(named.fee), likely.paidFees, asker),
    }),
  })
}

const signWords: readonly (readonly [PairSign | undefined, string])[] = [
  ['/', 'a slash: BTC/USDT'],
  ['-', 'a hyphen: BTC-USDT'],
  ['_', 'an underscore: BTC_USDT'],
  [undefined, 'nothing: BTCUSDT'],
]

/** Without it nobody knows the coins, and no file for a tax tool can tell what was traded. */
async function askSign(pairs: readonly string[], asker: Asker): Promise<PairSign | undefined> {
  const likely = signBetween(pairs)
  const chosen = await asker.choose(
    `What stands between the two coins of a pair? It has ${pairs.slice(0, 5).join(' | ')}.`,
    signWords.map(([, words]) => words),
    signWords.findIndex(([sign]) => sign === likely),
  )
  return signWords[chosen]?.[0]
}

async function askSides(
  column: string,
  words: readonly string[],
  likely: Layout['words'][number] | undefined,
  asker: Asker,
) {
  const means: Record<string, { side: 'buy' | 'sell' }> = {}
  for (const word of words) {
    const known = likely?.column === column ? likely.means[word]?.side : undefined
    const usual = known === undefined ? undefined : known === 'buy' ? 0 : 1
    const chosen = await asker.choose(
      `What does “${word}” mean?`,
      ['bought', 'sold', 'neither: such rows cannot be read'],
      usual,
    )
    if (chosen < 2) means[word] = { side: chosen === 0 ? 'buy' : 'sell' }
  }
  return means
}

async function askFees(
  shown: string,
  before: Layout['paidFees'] | undefined,
  asker: Asker,
): Promise<'positive' | 'negative'> {
  const likely = before ?? (/^-|\| -/.test(shown) ? 'negative' : 'positive')
  const chosen = await asker.choose(
    `How is a fee written that was paid? It has ${shown}.`,
    ['without a sign', 'with a minus'],
    likely === 'negative' ? 1 : 0,
  )
  return chosen === 0 ? 'positive' : 'negative'
}
