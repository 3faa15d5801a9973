import { startOfDay } from '../simulated-exchange/account-frame.ts'
import type { Simulation } from '../simulated-exchange/simulation.ts'
import { demoSizes, demoSubaccount, generateAccount } from './account.ts'
import { readCommandLine } from './command-line.ts'
import { startSimulatedBingx } from './server.ts'

export const simulatedBingx: Simulation = {
  name: 'BingX',
  read: (args) => {
    const read = readCommandLine(args)
    if (!('wishes' in read)) return read
    const { options, fills, seed, given } = read.wishes
    const now = startOfDay(Date.now())
    const isSubaccount = options.keys?.some(({ subaccount }) => subaccount) ?? false
    const account = isSubaccount
      ? demoSubaccount(now, seed)
      : generateAccount({
          ...demoSizes,
          now,
          ...(fills === undefined ? {} : { spotFills: fills }),
          ...(seed === undefined ? {} : { seed }),
        })
    return {
      given,
      port: options.port ?? 0,
      start: async (onRequest) => {
        const { url, close } = await startSimulatedBingx({ ...options, account, onRequest })
        return {
          url,
          close,
          holds: [
            `${account.spotFills.length} spot fills`,
            `${account.futuresFills.length} futures fills`,
            `${account.coinOrders.flatMap((order) => order.fills).length} fills of COIN-M contracts`,
            `${account.ledger.length} ledger rows`,
            `${account.deposits.length + account.withdrawals.length} withdrawals and deposits`,
          ],
          addresses: { BINGX_URL: url },
          keys: (options.keys ?? []).map(({ apiKey, secret }) => ({
            BINGX_API_KEY: apiKey,
            BINGX_API_SECRET: secret,
          })),
        }
      },
    }
  },
}
