import { hour } from '../../lambdas/domain/window.ts'
import { count, counted } from '../import/wording.ts'
import { demoAccount, type SimulatedAccount, tradingEnd } from '../simulated-bitmart/account.ts'
import { demoKey } from '../simulated-bitmart/options.ts'
import { startSimulatedBitmart } from '../simulated-bitmart/server.ts'
import type { HeldHistory } from './compare.ts'
import { busiest, type Exhibit, heldHistory } from './exhibit.ts'

/** Some hours after BitMart's trading had ended, when all of it was still served. */
export const inTime = tradingEnd + 11 * hour

/** A closing exchange: what was traded until its trading ended. */
export const closingAccount = (): SimulatedAccount => demoAccount(inTime)

export async function showBitmart(account: SimulatedAccount, clock: () => number): Promise<Exhibit> {
  const { spotUrl, futuresUrl, close } = await startSimulatedBitmart({ account, clock })
  const { spotFills, futuresFills, ledger, transfers } = account
  const crowd = busiest(spotFills.map(({ createTime }) => createTime))
  const second = busiest(futuresFills.map(({ create_time }) => Math.floor(create_time / 1_000)))
  return {
    id: 'bitmart',
    name: 'BitMart',
    url: spotUrl,
    env: {
      BITMART_SPOT_URL: spotUrl,
      BITMART_FUTURES_URL: futuresUrl,
      BITMART_API_KEY: demoKey.apiKey,
      BITMART_API_SECRET: demoKey.secret,
      BITMART_API_MEMO: demoKey.memo,
    },
    holds: [
      `${counted(spotFills.length, 'spot fill')}, ${count(crowd)} of them in one millisecond`,
      `${counted(futuresFills.length, 'futures fill')}, ${count(second)} of them in one second`,
      `${counted(ledger.length, 'futures ledger row')}, some of them alike in every field`,
      `${count(transfers.length)} withdrawals and deposits of two years`,
    ],
    held: heldByBitmart(account),
    close,
  }
}

export function heldByBitmart({
  spotFills,
  futuresFills,
  ledger,
  transfers,
}: SimulatedAccount): readonly HeldHistory[] {
  const rowsOf = <Row extends object>(rows: readonly Row[], amountOf: (row: Row) => string) =>
    rows.map((row) => ({ text: JSON.stringify(row), amount: amountOf(row) }))
  const transfersOf = (operation: 'withdraw' | 'deposit') =>
    rowsOf(
      transfers.filter(({ operation_type }) => operation_type === operation),
      ({ arrival_amount }) => arrival_amount,
    )
  return [
    heldHistory(
      'spot-trade',
      rowsOf(spotFills, ({ size }) => size),
    ),
    heldHistory(
      'futures-trade',
      rowsOf(futuresFills, ({ vol }) => vol),
      { field: 'contracts' },
    ),
    heldHistory(
      'futures-ledger',
      rowsOf(ledger, ({ amount }) => amount),
    ),
    heldHistory('withdrawal', transfersOf('withdraw')),
    heldHistory('deposit', transfersOf('deposit')),
  ]
}
