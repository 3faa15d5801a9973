import type { Exchange, Outcome, Said } from '../simulated-exchange/exchange.ts'
import { json } from '../simulated-exchange/faults.ts'
import { type SimulatedServer, startSimulatedExchange } from '../simulated-exchange/server.ts'
import type { SimulatedAccount } from './account.ts'
import { identify, refusal } from './admission.ts'
import { type Code, codes } from './codes.ts'
import { type BitmartEndpoint, endpoints } from './endpoints.ts'
import { type Envelope, type FaultKind, faulty } from './faults.ts'
import { completeOptions, type SimulatedKey, type SimulatorOptions } from './options.ts'

export type SimulatedBitmart = SimulatedServer<SimulatedAccount, SimulatorOptions, FaultKind> & {
  /** Both hosts of BitMart are this one server. */
  readonly spotUrl: string
  readonly futuresUrl: string
}

/** All that is BitMart's own of the simulated exchange. */
export const simulated: Exchange<
  SimulatedAccount,
  SimulatedKey,
  Code,
  FaultKind,
  SimulatorOptions,
  BitmartEndpoint
> = {
  endpoints,
  unknownPath: 30000,
  unreadableBody: 30018,
  identify,
  allowances: ({ path, limit }, key) => [
    { who: `${key?.apiKey ?? 'address'} ${path}`, limit, refuse: () => ({ refused: 30013 }) },
  ],
  // "Remaining" counts the calls that are already used.
  limitHeaders: ({ calls, per }, { used }) => ({
    'X-BM-RateLimit-Remaining': String(used),
    'X-BM-RateLimit-Limit': String(calls),
    'X-BM-RateLimit-Reset': String(per / 1000),
  }),
  refusal,
  write,
  fail: (fault, good, said) => faulty(fault, good, envelopeOf(said)),
}

/** A BitMart on 127.0.0.1 that needs no network and no real key. Rejects when the port is taken. */
export async function startSimulatedBitmart(
  given: Partial<SimulatorOptions> = {},
): Promise<SimulatedBitmart> {
  const server = await startSimulatedExchange(simulated, completeOptions(given))
  return Object.assign(server, { spotUrl: server.url, futuresUrl: server.url })
}

function write(outcome: Outcome<Code>, said: Said<SimulatorOptions, BitmartEndpoint>) {
  const envelope = envelopeOf(said)
  if ('refused' in outcome) return json(codes[outcome.refused].status, envelope(outcome.refused, {}))
  return json(200, envelope(1000, outcome.data))
}

function envelopeOf({ endpoint, options, trace }: Said<SimulatorOptions, BitmartEndpoint>): Envelope {
  return (code, data, without) =>
    JSON.stringify({
      ...(without === 'code' ? {} : { code: options.codeAs === 'string' ? String(code) : code }),
      ...(without === 'message'
        ? {}
        : { message: code === 1000 ? (endpoint?.message ?? 'OK') : codes[code].message }),
      trace,
      data,
    })
}
