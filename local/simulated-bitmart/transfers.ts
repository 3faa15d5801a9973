import { transferTime } from '../simulated-exchange/account-frame.ts'
import { digits, integer, pick, type Random } from '../simulated-exchange/random.ts'

/**
 * A row as `GET /account/v2/deposit-withdraw/history` serves it. `status`: 0 created, 1 submitted, 2 processing,
 * 3 done, 4 cancelled, 5 failed.
 */
export type TransferRow = {
  withdraw_id: string
  deposit_id: string
  operation_type: 'withdraw' | 'deposit'
  currency: string
  apply_time: number
  arrival_amount: string
  fee: string
  status: 0 | 1 | 2 | 3 | 4 | 5
  address: string
  address_memo: string
  tx_id: string
}

/** The transfers that BitMart's documentation prints. */
export const publishedTransfers: readonly TransferRow[] = [
  {
    withdraw_id: '1679952',
    deposit_id: '',
    operation_type: 'withdraw',
    currency: 'BMX',
    apply_time: 1588867374000,
    arrival_amount: '59.000000000000',
    fee: '1.000000000000',
    status: 0,
    address: '0xe57b69a8776b37860407965B73cdFFBDFe668Bb5',
    address_memo: '',
    tx_id: '',
  },
  {
    withdraw_id: '',
    deposit_id: '19017278',
    operation_type: 'deposit',
    currency: 'USDT-TRC20',
    apply_time: 1695978904000,
    arrival_amount: '69',
    fee: '0',
    status: 3,
    address: '',
    address_memo: '',
    tx_id: '',
  },
]

export type TransferPlan = {
  /** No two accounts share an id: those of other seeds have other ones. */
  readonly seed: number
  readonly random: Random
  readonly withdrawals: number
  readonly deposits: number
  readonly earliest: number
  readonly latest: number
  /** Left out: the latest there can be of everything. */
  readonly lastDeposit?: number
}

const coins = ['USDT', 'BTC', 'ETH', 'USDT-TRC20', 'USDT-ERC20', 'BMX', '1INCH', '$PAC', 'usdk'] as const
const networks = ['USDT-TRC20', 'BTC', 'USDT-ERC20'] as const
const day = 86_400_000

/** Ids of one account, and then some. */
const mostIds = 1_000_000

/**
 * Withdrawals and deposits in time order, spread evenly over the whole time. The statuses that can still change
 * are those of the newest two days; older transfers are done, cancelled or failed.
 */
export function generateTransfers(plan: TransferPlan): TransferRow[] {
  const rows: TransferRow[] = []
  const kinds = [
    { kind: 'withdraw', count: plan.withdrawals },
    { kind: 'deposit', count: plan.deposits },
  ] as const
  for (const { kind, count } of kinds)
    for (let position = 0; position < count; position++) {
      const latest = kind === 'deposit' ? (plan.lastDeposit ?? plan.latest) : plan.latest
      rows.push(transfer(plan, kind, position, transferTime({ ...plan, latest }, position, count)))
    }
  return rows.sort((a, b) => a.apply_time - b.apply_time)
}

function transfer(
  { seed, random, latest }: TransferPlan,
  kind: 'withdraw' | 'deposit',
  position: number,
  time: number,
): TransferRow {
  const status = transferStatus(random, latest - time, position)
  const currency = kind === 'deposit' && position < 3 ? (networks[position] ?? 'BTC') : pick(random, coins)
  const onChain = status === 3 || status === 2
  const id = String((kind === 'withdraw' ? 1_679_952 : 19_017_278) + seed * mostIds + position * 7)
  return {
    withdraw_id: kind === 'withdraw' ? id : '',
    deposit_id: kind === 'deposit' ? id : '',
    operation_type: kind,
    currency,
    apply_time: time,
    arrival_amount: transferAmount(random, position),
    fee: kind === 'deposit' ? '0' : `${integer(random, 0, 3)}.${digits(random, 3)}000000000`,
    status,
    address: currency.endsWith('TRC20')
      ? `T${digits(random, 33, 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789')}`
      : `0x${digits(random, 40, '0123456789abcdef')}`,
    address_memo: random() < 0.1 ? digits(random, 9) : '',
    tx_id: onChain ? `0x${digits(random, 64, '0123456789abcdef')}` : '',
  }
}

function transferStatus(random: Random, age: number, position: number): TransferRow['status'] {
  const unfinished = ([0, 1, 2] as const)[position - 1]
  if (unfinished !== undefined && age <= 2 * day) return unfinished
  if (position === 6) return 4
  if (position === 7) return 5
  return random() < 0.9 ? 3 : pick(random, [4, 5])
}

function transferAmount(random: Random, position: number): string {
  if (position % 10 === 7) return `${digits(random, 12, '123456789')}.${digits(random, 17)}1`
  if (position % 10 === 3) return String(integer(random, 10, 900))
  return `${integer(random, 1, 900)}.${digits(random, 4)}00000000`
}
