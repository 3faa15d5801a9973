import type { Silence } from './accounting.ts'

/** Why rows that moved no money by themselves are not in a file that tells what money did. */
export const silenceReasons: Readonly<Record<Silence, string>> = {
  unfinished: 'transfers that were not finished when last read; export again when they are',
  untold: 'transfers of which the exchange does not say what became; look at them in the CSV of everything',
  cancelled: 'transfers that were cancelled or failed',
  'told-by-ledger': 'futures fills, whose profit and fees are in the futures ledger',
  'told-by-fill':
    'futures ledger rows of profit and fees, which the fills tell, since the ledger of that time is not known to be complete',
  zero: 'they moved nothing',
  held: 'they were set aside for an order, or came back from one, and were in the account all the time',
  'listed-apart':
    'forced orders, of which nobody says whether their fills are told as fills, too; what the exchange says they realised is in the CSV of everything, and in no sum here',
  unclear: 'nobody says what these moved; look at them in the CSV of everything',
}

/** Of rows that say a part of what they moved. */
export const silenceInPart =
  'nobody says all that these moved, such as the coin of a fee; look at them in the CSV of everything'

/** Of what leaves one wallet of an account and comes to another. */
export const movesInside = 'moves between the wallets of one account, which change no balance of it'
