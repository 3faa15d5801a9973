import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { anyData } from '../../lambdas/domain/client.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import { questionOf } from '../../lambdas/domain/stream.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { spotTradeStream } from '../../lambdas/exchanges/bingx/spot-trade.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { generateAccount } from '../../local/simulated-bingx/account.ts'
import { demoKey, type SimulatorOptions } from '../../local/simulated-bingx/options.ts'
import { startSimulatedBingx } from '../../local/simulated-bingx/server.ts'
import { seededRandom } from '../../local/simulated-exchange/random.ts'

const random = seededRandom(20_261_127)

/** How a call travels: at once, evenly, or sometimes as if a packet were lost. */
const travels: readonly (readonly [string, () => number])[] = [
  ['at once', () => 0],
  ['for up to a third of a second', () => random() * 300],
  ['in a tenth of all cases for half a second longer', () => 40 + (random() < 0.1 ? 500 : 0)],
]

const played = (['sliding', 'fixed'] as const).flatMap((limitWindows) =>
  travels.map(([how, onTheWay]): [string, string, Partial<SimulatorOptions>] => [
    limitWindows,
    how,
    { limitWindows, onTheWay },
  ]),
)

/** Forty questions, as many at once as an import asks; the codes of the answers. */
async function askForty(options: Partial<SimulatorOptions>): Promise<readonly (number | string)[]> {
  const account = generateAccount({ seed: 1, now: Date.now(), spotFills: 5 })
  const simulator = await startSimulatedBingx({ account, ...options })
  const client = openExchangeClient(
    bingx,
    { apiKey: new Secret(demoKey.apiKey), secret: new Secret(demoKey.secret) },
    {
      hosts: { bingx: simulator.url },
      clock: Date.now,
      sleep: async (ms) => {
        await delay(ms)
      },
      random: Math.random,
    },
  )
  try {
    const to = Math.floor(Date.now() / 1_000) * 1_000
    const request = spotTradeStream.ask(questionOf(spotTradeStream, { from: to - hour, to }, 'spot', {}))
    let left = 40
    const asker = async () => {
      while (left-- > 0) await client.ask(request, anyData, { attempts: 1 }).catch(() => undefined)
    }
    await Promise.all(Array.from({ length: 6 }, asker))
    return simulator.requests.map(({ code }) => code)
  } finally {
    await client.close()
    await simulator.close()
  }
}

test('BingX’s own pace is never exceeded, whichever windows it counts in and however long calls travel', async () => {
  const codes = await Promise.all(
    played.map(async ([windows, how, options]) => [windows, how, await askForty(options)]),
  )
  const served = Array.from({ length: 40 }, () => 0)
  expect(codes).toEqual(played.map(([windows, how]) => [windows, how, served]))
})
