import { startOfDay } from '../simulated-exchange/account-frame.ts'
import type { Simulation } from '../simulated-exchange/simulation.ts'
import { demoSizes, generateAccount } from './account.ts'
import { readCommandLine } from './command-line.ts'
import { startSimulatedBitrue } from './server.ts'

export const simulatedBitrue: Simulation = {
  name: 'Bitrue',
  read: (args) => {
    const read = readCommandLine(args)
    if (!('wishes' in read)) return read
    const { options, fills, seed, given } = read.wishes
    const account = generateAccount({
      ...demoSizes,
      now: startOfDay(Date.now()),
      ...(fills === undefined ? {} : { mostFills: fills }),
      ...(seed === undefined ? {} : { seed }),
    })
    return {
      given,
      port: options.port ?? 0,
      start: async (onRequest) => {
        const { url, close } = await startSimulatedBitrue({ ...options, account, onRequest })
        const traded = new Set(account.spotFills.map(({ symbol }) => symbol))
        return {
          url,
          close,
          holds: [
            `${account.spotFills.length} spot fills of ${traded.size} symbols (${account.symbols.length} are listed)`,
            `${account.linearFills.length + account.inverseFills.length} futures fills`,
            `${account.deposits.length + account.withdrawals.length} withdrawals and deposits`,
            `${account.walletTransfers.length} transfers between wallets`,
            `${account.linearForced.length + account.inverseForced.length} forced orders of futures`,
          ],
          addresses: { BITRUE_URL: url, BITRUE_FUTURES_URL: url },
          keys: (options.keys ?? []).map(({ apiKey, secret }) => ({
            BITRUE_API_KEY: apiKey,
            BITRUE_API_SECRET: secret,
          })),
        }
      },
    }
  },
}
