import { setImmediate } from 'node:timers/promises'
import { FailureError } from '../../lambdas/domain/failure.ts'
import type { ExchangeRequest } from '../../lambdas/domain/stream.ts'
import type { RawResponse } from '../../lambdas/exchanges/answer.ts'
import type { ClientOptions } from '../../lambdas/exchanges/ccxt-client.ts'
import { completeOptions, type SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, simulated } from '../../local/simulated-bitmart/server.ts'
import { type Delivery, faultTurns, html } from '../../local/simulated-exchange/faults.ts'
import type { SimulatedRequest } from '../../local/simulated-exchange/options.ts'
import { seededRandom } from '../../local/simulated-exchange/random.ts'

/** A simulated BitMart, and what sends calls to it without network and signatures: half of what a sync of it costs. */
export type BitmartInMemory = SimulatedBitmart & { readonly driver: NonNullable<ClientOptions['driver']> }

/** The simulated BitMart in this process. Its limits, and how slow it is, are tried over HTTP. */
export function bitmartInMemory(given: Partial<SimulatorOptions>): BitmartInMemory {
  const options = completeOptions(given)
  const requests: SimulatedRequest<NonNullable<SimulatorOptions['faults']>['kinds'][number]>[] = []
  const random = seededRandom(options.seed)
  const nextFault = faultTurns()

  function answer({ path, method, params: asked }: ExchangeRequest, apiKey: string): Delivery {
    const at = options.clock() + options.serverClockOffset
    const params = Object.fromEntries(
      Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    )
    const endpoint = simulated.endpoints.find((one) => one.path === `/${path}` && one.method === method)
    if (endpoint === undefined) throw new Error(`nobody answers ${method} ${path}`)
    const said = { endpoint, options, trace: `simulated.${requests.length}` }
    const headers = { 'x-bm-key': apiKey }
    const found = endpoint.access === 'public' ? undefined : simulated.identify(headers, options.keys)
    const key = found !== undefined && 'key' in found ? found.key : undefined
    // Who it is counts, and not the signature.
    const keyed = { ...endpoint, access: 'keyed' as const }
    const refused =
      found !== undefined && 'refused' in found
        ? found.refused
        : key && simulated.refusal({ endpoint: keyed, key, headers, payload: '', params, now: at })
    const account = key?.account ?? options.account
    const outcome =
      refused === undefined
        ? endpoint.answer({ params, account, ...(key && { key }), options, now: at, random })
        : { refused }
    const fault = nextFault(options.faults, path + JSON.stringify(params))
    const entry = {
      at,
      path: endpoint.path,
      method,
      params,
      code: 'refused' in outcome ? outcome.refused : 1000,
      ...(key && { key: key.apiKey }),
      ...(fault === undefined ? {} : { fault }),
      ...('rows' in outcome && fault === undefined ? { rows: outcome.rows } : {}),
    }
    requests.push(entry)
    options.onRequest?.(entry)
    if (options.closed) return html(403, 'Forbidden')
    if (endpoint.access === 'public' && options.publicEndpoints === 'down')
      return html(503, 'Service unavailable')
    const good = simulated.write(outcome, said)
    return fault === undefined ? good : simulated.fail(fault, 'body' in good ? good.body : '', said)
  }

  return {
    url: '',
    port: 0,
    spotUrl: '',
    futuresUrl: '',
    options,
    requests,
    get account() {
      return options.account
    },
    driver: async (_exchange, credentials, _rate, { onSend, onWrite }) => ({
      send: async (request): Promise<RawResponse> => {
        onSend()
        const onAnswer = onWrite()
        // As long on its way as the shortest of journeys: meanwhile others get their turn.
        await setImmediate()
        const delivery = answer(request, credentials.apiKey.reveal())
        await setImmediate()
        if (delivery.how !== 'whole') throw new FailureError({ kind: 'exchange-down' })
        onAnswer()
        const date = new Date(options.clock() + options.serverClockOffset).toUTCString()
        return { status: delivery.status, headers: { Date: date }, text: delivery.body }
      },
      close: async () => undefined,
    }),
    close: async () => undefined,
  }
}
