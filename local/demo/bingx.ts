import { count, counted } from '../import/wording.ts'
import { demoAccount, type SimulatedAccount } from '../simulated-bingx/account.ts'
import { demoKey, type Readings, usualReadings } from '../simulated-bingx/options.ts'
import { startSimulatedBingx } from '../simulated-bingx/server.ts'
import { truthOf } from '../simulated-bingx/truth.ts'
import { busiest, type Exhibit, heldHistory } from './exhibit.ts'

/** A living exchange: what was traded until an hour ago. */
export const livingAccount: (now: number) => SimulatedAccount = demoAccount

export async function showBingx(account: SimulatedAccount, clock: () => number): Promise<Exhibit> {
  const { url, options, close } = await startSimulatedBingx({ account, clock, readings: refusing() })
  const truth = truthOf(account, options)
  const crowd = busiest(account.spotFills.map(({ time }) => time))
  const second = busiest(account.futuresFills.map(({ at }) => Math.floor(at / 1_000)))
  return {
    id: 'bingx',
    name: 'BingX',
    url,
    env: { BINGX_URL: url, BINGX_API_KEY: demoKey.apiKey, BINGX_API_SECRET: demoKey.secret },
    holds: [
      `${counted(truth.spotFills.length, 'spot fill')}, ${count(crowd)} of them in one millisecond`,
      `${counted(truth.futuresFills.length, 'USDT-M fill')}, ${count(second)} of them in one second`,
      `${counted(truth.coinFills.length, 'COIN-M fill')}, which are found order by order`,
      `${counted(truth.ledger.length, 'futures ledger row')}, some of them alike in every field`,
      `${count(truth.withdrawals.length + truth.deposits.length)} withdrawals and deposits, the latter without id`,
    ],
    held: [
      heldHistory('spot-trade', truth.spotFills),
      heldHistory('futures-trade', truth.futuresFills, { name: 'USDT-M fills', account: 'usdt-m' }),
      heldHistory('futures-trade', truth.coinFills, {
        name: 'COIN-M fills',
        account: 'coin-m',
        field: 'contracts',
      }),
      heldHistory('futures-ledger', truth.ledger),
      heldHistory('withdrawal', truth.withdrawals),
      heldHistory('deposit', truth.deposits),
    ],
    close,
  }
}

/**
 * One of the ways in which BingX may answer questions about time that it does not serve. That it refuses them is the quickest
 * to show: where it answers nothing instead, an import asks for every week since 2018.
 */
function refusing(): Readings {
  const readings = structuredClone(usualReadings)
  for (const name of ['futuresFills', 'orderFills', 'ledger', 'coinOrders'] as const)
    readings.endpoints[name].beyond = 'refused'
  return readings
}
