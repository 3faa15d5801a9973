import { startOfDay } from '../simulated-exchange/account-frame.ts'
import type { Simulation } from '../simulated-exchange/simulation.ts'
import { demoSizes, generateAccount, tradingEnd } from './account.ts'
import { readCommandLine } from './command-line.ts'
import type { SimulatedKey } from './options.ts'
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
    return {
      given,
      port: options.port ?? 0,
      start: async (onRequest) => {
        const { url, close } = await startSimulatedBitmart({ ...options, account, onRequest })
        return {
          url,
          close,
          holds: [
            `${account.spotFills.length} spot fills`,
            `${account.futuresFills.length} futures fills`,
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

function variables({ apiKey, secret, memo }: SimulatedKey): Readonly<Record<string, string>> {
  return { BITMART_API_KEY: apiKey, BITMART_API_SECRET: secret, BITMART_API_MEMO: memo }
}
