import { transferTime } from '../simulated-exchange/account-frame.ts'
import { digits, integer, pick, type Random } from '../simulated-exchange/random.ts'
import { timeWithOffset, timeWithoutOffset } from './times.ts'

/** A row as `GET /openApi/api/v3/capital/deposit/hisrec` serves it. It has no id. */
export type DepositRow = {
  amount: string
  coin: string
  network: string
  status: number
  address: string
  addressTag: string
  txId: string
  insertTime: number
  transferType: 0
  unlockConfirm: string
  confirmTimes: string
}

/** A row as `GET /openApi/api/v3/capital/withdraw/history` serves it. */
export type WithdrawalRow = {
  id: string
  withdrawOrderId: string
  amount: string
  transactionFee: string
  coin: string
  network: string
  /** 4 under review, 5 failed, 6 done; some rows have none. */
  status?: 4 | 5 | 6
  address: string
  txId: string
  applyTime: string
  transferType: 1 | 2
  info: string
}

/** `at` is finer than what a row tells of it. */
export type Withdrawal = { readonly at: number; readonly row: WithdrawalRow }

export type TransferPlan = {
  readonly random: Random
  readonly count: number
  readonly earliest: number
  readonly latest: number
}

const coins = [
  ['USDTTRC20', 'TRC20'],
  ['USDT', 'ERC20'],
  ['BTC', 'BTC'],
  ['ETH', 'ERC20'],
  ['$U', 'BEP20'],
  ['ATOM(ARC20)', 'ARC20'],
] as const
const day = 86_400_000

export function generateDeposits(plan: TransferPlan): DepositRow[] {
  const rows: DepositRow[] = []
  for (let position = 0; rows.length < plan.count; position++) {
    const insertTime = transferTime(plan, position, plan.count)
    const row = deposit(plan.random, insertTime, plan.latest - insertTime <= 2 * day && position === 1)
    rows.push(row)
    // Twice in one transaction and millisecond: nothing tells them apart.
    if (position === 6 && rows.length < plan.count) rows.push({ ...row })
  }
  return rows.sort((a, b) => a.insertTime - b.insertTime)
}

function deposit(random: Random, insertTime: number, isPending: boolean): DepositRow {
  const [coin, network] = pick(random, coins)
  const had = isPending ? integer(random, 0, 11) : 12
  return {
    amount: `${integer(random, 1, 900)}.${digits(random, 4)}0000`,
    coin,
    network,
    status: isPending ? 0 : 6,
    address: `0x${digits(random, 40, '0123456789abcdef')}`,
    addressTag: random() < 0.1 ? digits(random, 9) : '',
    txId: `0x${digits(random, 64, '0123456789abcdef')}`,
    insertTime,
    transferType: 0,
    unlockConfirm: '12/12',
    confirmTimes: `${had}/12`,
  }
}

export function generateWithdrawals(plan: TransferPlan): Withdrawal[] {
  return Array.from({ length: plan.count }, (_none, position): Withdrawal => {
    const at = transferTime(plan, position, plan.count)
    return { at, row: withdrawal(plan.random, at, position, plan.latest - at) }
  }).sort((a, b) => a.at - b.at)
}

function withdrawal(random: Random, at: number, position: number, age: number): WithdrawalRow {
  const [coin, network] = pick(random, coins)
  const isPending = position === 1 && age <= 2 * day
  const status = isPending ? 4 : random() < 0.9 ? 6 : 5
  return {
    id: String(1_197_073_063_359_000_577n + BigInt(position) * 1_009n),
    withdrawOrderId: '',
    amount: `${integer(random, 1, 900)}.${digits(random, 4)}0000`,
    transactionFee: `${integer(random, 0, 3)}.${digits(random, 3)}`,
    coin,
    network,
    ...(position % 9 === 8 ? {} : { status }),
    address: `0x${digits(random, 40, '0123456789abcdef')}`,
    txId: status === 6 ? `0x${digits(random, 64, '0123456789abcdef')}` : '',
    applyTime: position % 3 === 0 ? timeWithoutOffset(at) : timeWithOffset(at, '+08:00'),
    transferType: random() < 0.9 ? 1 : 2,
    info: '',
  }
}
