/** A file that is known to exist and is not read by itself, and why. Its owner may say what its columns mean. */
export type UnreadFormat = {
  readonly exchange?: string
  readonly what: string
  readonly why: string
}

export const unreadFormats: readonly UnreadFormat[] = [
  {
    exchange: 'bitmart',
    what: 'every statement',
    why: 'nobody has told what their headers are, and a guess could book a fee as a price: the columns are proposed from what they look like, and never applied unseen',
  },
  {
    exchange: 'bitrue',
    what: 'the three files from before about 2022',
    why: 'they are told to have been there, and nobody has told their headers',
  },
  {
    what: "CoinTracking's table of trades, as its site downloads it",
    why: 'its headings are translated and repeat themselves, and which version has which is not documented: export it in the form of the bulk import',
  },
  {
    what: "Koinly's own list of transactions, as its site downloads it",
    why: 'no description of its columns was found: the universal template holds the same',
  },
  {
    what: 'dates whose year has two digits',
    why: 'each of their three numbers could be the day: export them with whole years',
  },
]
