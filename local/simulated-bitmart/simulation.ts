import { startOfDay } from '../simulated-exchange/account-frame.ts'
import type { Simulation } from '../simulated-exchange/simulation.ts'
import { demoSizes, generateAccount, tradingEnd } from './account.ts'
import { readCommandLine } from './command-line.ts'
import { completeOptions, type SimulatedKey } from './options.ts'
import { startSimulatedBitmart } from './server.ts'

export const simulatedBitmart: Simulation = {
  name: 'BitMart',
  read: (args) => {
    const read = readCommandLine(args)
    if (!('wishes' in read)) return read
    const { options, fills, seed, trading, given } = read.wishes
    const account = generateAccount({
      ...demoSizes,
      now: startOfDay(Date.now()),
      ...(trading === 'ended' && { tradingEnds: tradingEnd }),
      ...(fills === undefined ? {} : { spotFills: fills }),
      ...(seed === undefined ? {} : { seed }),
    })
    const oldest = Date.now() - completeOptions({ ...options, account }).lookBack.fills
    return {
      given,
      port: options.port ?? 0,
      start: async (onRequest) => {
        const { url, close } = await startSimulatedBitmart({ ...options, account, onRequest })
        return {
          url,
          close,
          holds: [
            served(
              'spot fills',
              account.spotFills.map((fill) => fill.createTime),
              oldest,
            ),
            served(
              'futures fills',
              account.futuresFills.map((fill) => fill.create_time),
              oldest,
            ),
            `${account.ledger.length} ledger rows`,
            `${account.transfers.length} withdrawals and deposits`,
          ],
          addresses: { BITMART_SPOT_URL: url, BITMART_FUTURES_URL: url },
          keys: (options.keys ?? []).map(variables),
        }
      },
    }
  },
}

/** Whoever imports fewer than there are would look for a mistake of his own. */
function served(what: string, times: readonly number[], oldest: number): string {
  const young = times.filter((time) => time >= oldest).length
  return `${times.length} ${what}${young === times.length ? '' : ` (its API serves ${young === 0 ? 'none' : young} of them today)`}`
}

function variables({ apiKey, secret, memo }: SimulatedKey): Readonly<Record<string, string>> {
  return { BITMART_API_KEY: apiKey, BITMART_API_SECRET: secret, BITMART_API_MEMO: memo }
}
