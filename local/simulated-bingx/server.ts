import { stringify } from 'lossless-json'
import type { Allowance, Exchange, Outcome, Said } from '../simulated-exchange/exchange.ts'
import { type Delivery, html, json } from '../simulated-exchange/faults.ts'
import type { LimitUse } from '../simulated-exchange/limits.ts'
import { type SimulatedServer, startSimulatedExchange } from '../simulated-exchange/server.ts'
import type { SimulatedAccount } from './account.ts'
import { identify, refusal } from './admission.ts'
import { type Code, codes } from './codes.ts'
import { type BingxEndpoint, endpoints } from './endpoints.ts'
import { type FaultKind, faulty, type Writer } from './faults.ts'
import { completeOptions, type SimulatedKey, type SimulatorOptions } from './options.ts'

export type SimulatedBingx = SimulatedServer<SimulatedAccount, SimulatorOptions, FaultKind>

const tenSeconds = 10_000

const bingx: Exchange<SimulatedAccount, SimulatedKey, Code, FaultKind, SimulatorOptions, BingxEndpoint> = {
  endpoints,
  unknownPath: 100400,
  unreadableBody: 100400,
  identify,
  allowances,
  limitHeaders: ({ calls, per }, { used }) => ({
    'X-RateLimit-Requests-Remain': String(calls - used),
    'X-RateLimit-Requests-Expire': String(per),
  }),
  refusal,
  write,
  fail: (fault, good, said) => faulty(fault, good, writerOf(said)),
}

/** A BingX on 127.0.0.1 that needs no network and no real key. Rejects when the port is taken. */
export function startSimulatedBingx(given: Partial<SimulatorOptions> = {}): Promise<SimulatedBingx> {
  return startSimulatedExchange(bingx, completeOptions(given))
}

/** Each key has so many of an endpoint; all keys of an address share an endpoint, and all endpoints. */
function allowances(
  { path, limit }: BingxEndpoint,
  key: SimulatedKey | undefined,
  { block }: SimulatorOptions,
): readonly [Allowance<Code>, ...Allowance<Code>[]] {
  const blocked = ({ until }: LimitUse): Outcome<Code> => ({ refused: 100410, detail: String(until) })
  return [
    { who: `${key?.apiKey ?? 'anybody'} ${path}`, limit: { ...limit, block }, refuse: blocked },
    { who: `address ${path}`, limit: { calls: 300, per: tenSeconds, block }, refuse: blocked },
    {
      who: 'address',
      limit: { calls: 2000, per: tenSeconds, block },
      refuse: () => ({ refused: 403 }),
    },
  ]
}

function write(outcome: Outcome<Code>, said: Said<SimulatorOptions, BingxEndpoint>): Delivery {
  const { failed } = writerOf(said)
  if ('data' in outcome) return json(200, served(outcome.data, said))
  return outcome.refused === 403 ? html(403, codes[403]) : json(200, failed(outcome.refused, outcome.detail))
}

function writerOf(said: Said<SimulatorOptions, BingxEndpoint>): Writer {
  const now = said.options.clock() + said.options.serverClockOffset
  return {
    failed: (code, detail) =>
      text({
        code,
        msg: detail === undefined ? codes[code] : `${codes[code]} ${detail}`,
        timestamp: now,
      }),
    served: (rows) => served(rows, said),
    now,
  }
}

function served(data: unknown, { endpoint, options }: Said<SimulatorOptions, BingxEndpoint>): string {
  if (endpoint?.bare) return text(data)
  const isNull =
    endpoint?.access === 'signed' &&
    options.readings.empty === 'null' &&
    Array.isArray(data) &&
    data.length === 0
  const rows = isNull ? null : data
  const list = endpoint?.list?.(options)
  return text({ code: 0, msg: '', debugMsg: '', data: list === undefined ? rows : { [list]: rows } })
}

function text(value: unknown): string {
  return stringify(value) ?? 'null'
}
