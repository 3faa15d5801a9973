import { setImmediate } from 'node:timers/promises'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import type { ClientOptions } from '../../lambdas/exchanges/ccxt-client.ts'
import type { SimulatedAccount } from '../../local/simulated-bitrue/account.ts'
import { completeOptions, type Readings, usualReadings } from '../../local/simulated-bitrue/options.ts'
import { simulated } from '../../local/simulated-bitrue/server.ts'
import { createLimits } from '../../local/simulated-exchange/limits.ts'
import { seededRandom } from '../../local/simulated-exchange/random.ts'
import type { virtualTime } from './virtual-time.ts'

/** A call that came too early, and for whose limit. */
export type Refused = { readonly who: string; readonly at: number }

/**
 * The simulated Bitrue in this process with its limits, and what sends calls to it as slowly as ccxt would. Whoever calls has a key
 * of this one account: its user's limits are counted for all of them together.
 */
export function bitrueWithLimits(
  account: SimulatedAccount,
  played: Partial<Readings>,
  time: ReturnType<typeof virtualTime>,
) {
  const options = completeOptions({
    account,
    clock: time.clock,
    readings: { ...usualReadings, ...played },
  })
  const useLimit = createLimits(() => 'sliding')
  const random = seededRandom(1)
  const refused: Refused[] = []
  let weighed = 0

  function answer({ section = [], path, params }: ExchangeRequest) {
    const [product = '', version = ''] = section
    const at = `/${product === 'spot' ? 'api' : product}/${version}/${path}`
    const endpoint = simulated.endpoints.find((one) => one.path === at)
    if (endpoint === undefined) throw new Error(`nobody answers ${at}`)
    const now = time.clock()

    const allowances = simulated.allowances(endpoint, options.keys[0], options)
    weighed += allowances[0].who === 'address' ? (allowances[0].limit.weight ?? 1) : 0
    const away = allowances.find(({ who, limit }) => !useLimit(who, limit, now).allowed)
    if (away !== undefined) refused.push({ who: away.who, at: now })
    const texts = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]))
    const outcome =
      away?.refuse({ allowed: false, used: 0, until: now }) ??
      endpoint.answer({ params: texts, account, options, now, random })
    const delivery = simulated.write(outcome, { endpoint, options, trace: '' })
    if (!('body' in delivery)) throw new Error('an answer that never comes')
    return { status: delivery.status, headers: {}, text: delivery.body }
  }

  const driver: ClientOptions['driver'] = async (_exchange, _credentials, rate, { onSend, onWrite }) => {
    let next = time.clock()
    return {
      send: async (request) => {
        const wait = next - time.clock()
        next = Math.max(next, time.clock()) + rate.per / rate.calls
        if (wait > 0) await time.sleep(wait)
        return time.during(async () => {
          onSend()
          const onAnswer = onWrite()
          await setImmediate()
          const answered = answer(request)
          onAnswer()
          return answered
        })
      },
      close: async () => undefined,
    }
  }
  return { driver, refused, weighed: () => weighed }
}
