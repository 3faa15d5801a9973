import type { Simulation } from '../simulated-exchange/simulation.ts'
import { demoSizes, generateAccount, tradingEnd } from './account.ts'
import { readCommandLine } from './command-line.ts'
import { demoKey } from './options.ts'
import { startSimulatedBitmart } from './server.ts'

export const simulatedBitmart: Simulation = {
  name: 'BitMart',
  read: (args) => {
    const read = readCommandLine(args)
    if (!('wishes' in read)) return read
    const { options, fills, seed, trading, given } = read.wishes
    const account = generateAccount({
      ...demoSizes,
      now: Date.now(),
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
          variables: {
            BITMART_SPOT_URL: url,
            BITMART_FUTURES_URL: url,
            BITMART_API_KEY: demoKey.apiKey,
            BITMART_API_SECRET: demoKey.secret,
            BITMART_API_MEMO: demoKey.memo,
          },
        }
      },
    }
  },
}
