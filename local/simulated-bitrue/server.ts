import { stringify } from 'lossless-json'
import type { Allowance, Exchange, Outcome, Said } from '../simulated-exchange/exchange.ts'
import { type Delivery, json } from '../simulated-exchange/faults.ts'
import { type SimulatedServer, startSimulatedExchange } from '../simulated-exchange/server.ts'
import type { SimulatedAccount } from './account.ts'
import { identify, refusal } from './admission.ts'
import { type Code, codes } from './codes.ts'
import { type BitrueEndpoint, endpoints } from './endpoints.ts'
import { type FaultKind, faulty } from './faults.ts'
import { completeOptions, type SimulatedKey, type SimulatorOptions } from './options.ts'

export type SimulatedBitrue = SimulatedServer<SimulatedAccount, SimulatorOptions, FaultKind>

type Saying = Said<SimulatorOptions, BitrueEndpoint>

/** All that is Bitrue's own of the simulated exchange. */
export const simulated: Exchange<
  SimulatedAccount,
  SimulatedKey,
  Code,
  FaultKind,
  SimulatorOptions,
  BitrueEndpoint
> = {
  endpoints,
  unknownPath: 'unknownPath',
  unreadableBody: 'parameter',
  identify,
  allowances,
  limitHeaders: ({ calls }, { used }) => ({ rate_limit_p: `weight ${used} of ${calls}` }),
  refusal,
  write,
  fail: (fault, good, said) => faulty(fault, good, (code) => failed(code, said)),
}

/** A Bitrue on 127.0.0.1 that needs no network and no real key. Rejects when the port is taken. */
export function startSimulatedBitrue(given: Partial<SimulatorOptions> = {}): Promise<SimulatedBitrue> {
  return startSimulatedExchange(simulated, completeOptions(given))
}

/** All calls of an address share a weight, a user has so many transfers, and fills are to be asked for slowly. */
function allowances(
  { family, weight = 1, limit, slow }: BitrueEndpoint,
  key: SimulatedKey | undefined,
  options: SimulatorOptions,
): readonly [Allowance<Code>, ...Allowance<Code>[]] {
  const { readings } = options
  const isSpot = family === 'spot' || family === 'transfers'
  const address: Allowance<Code> = {
    who: isSpot ? 'address' : 'address futures',
    limit: { calls: isSpot ? readings.weight : 3_000, per: 60_000, weight },
    refuse: () => ({ refused: 'tooMany' }),
  }
  return [
    address,
    ...(limit === undefined
      ? []
      : [
          {
            who: `transfers of ${userOf(key, options)}`,
            limit,
            refuse: () => ({ refused: 'tooMany' }) as const,
          },
        ]),
    ...(slow && readings.apart > 0
      ? [
          {
            who: 'fills',
            limit: { calls: 1, per: readings.apart },
            refuse: () => ({ refused: 'timestamp' }) as const,
          },
        ]
      : []),
  ]
}

/** All keys of one account are one user's: the first of them stands for him. */
function userOf(key: SimulatedKey | undefined, { keys, account }: SimulatorOptions): string {
  const opened = (one: SimulatedKey | undefined) => one?.account ?? account
  return keys.find((one) => opened(one) === opened(key))?.apiKey ?? 'nobody'
}

function write(outcome: Outcome<Code>, said: Saying): Delivery {
  if ('refused' in outcome) return failed(outcome.refused, said)
  return json(200, text(answered(outcome.data, said)))
}

/** Each family wraps what it answers otherwise. */
function answered(data: unknown, { endpoint, options: { readings } }: Saying): unknown {
  const isNull = readings.empty === 'null' && Array.isArray(data) && data.length === 0
  switch (endpoint?.family) {
    case 'transfers':
      return { code: 200, msg: 'succ', data: isNull ? null : data }
    case 'futures':
      return { code: '0', msg: 'Success', data: isNull ? null : data }
    case 'contracts':
      return readings.contractsAs === 'bare' ? data : { code: '0', msg: 'Success', data }
    case 'spot':
    case undefined:
      return data
  }
}

function failed(refused: Code, { options: { readings } }: Pick<Saying, 'options'>): Delivery {
  const told = refused === 'clock' ? (readings.clockAs === 'key' ? 'refused' : 'timestamp') : refused
  const { status, code, msg } = codes[told]
  return json(status, text({ code, msg }))
}

function text(value: unknown): string {
  return stringify(value) ?? 'null'
}
