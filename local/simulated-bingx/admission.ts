import type { IncomingHttpHeaders } from 'node:http'
import type { Request } from '../simulated-exchange/exchange.ts'
import type { Code } from './codes.ts'
import type { BingxEndpoint } from './endpoints.ts'
import type { SimulatedKey } from './options.ts'
import { sign, signed } from './signature.ts'

/** Why the key alone is refused, or the key. */
export function identify(
  headers: IncomingHttpHeaders,
  keys: readonly SimulatedKey[],
): { readonly refused: Code } | { readonly key: SimulatedKey } {
  const key = keys.find(({ apiKey }) => apiKey === headers['x-bx-apikey'])
  if (key === undefined) return { refused: 100413 }
  return key.ipBound === true ? { refused: 100419 } : { key }
}

/** Why a known key is refused this endpoint. */
export function refusal({
  endpoint,
  key,
  payload,
  params,
  now,
}: Request<SimulatedKey, BingxEndpoint>): Code | undefined {
  const { timestamp = '', recvWindow } = params
  if (!isSigned(key, payload, params)) return 100001
  if (!/^\d{13}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > receiveWindow(recvWindow))
    return 100421
  if (key.restricted === true) return 100414
  if (endpoint.mainAccountOnly && key.subaccount === true) return 100403
  return endpoint.open !== true && !key.permissions.includes('read') ? 100004 : undefined
}

/** What is signed must be what is sent, in the order of its names: then the signature is right under either reading. */
function isSigned(key: SimulatedKey, payload: string, params: Readonly<Record<string, string>>): boolean {
  const sent = [...new URLSearchParams(payload)]
    .filter(([name]) => name !== 'signature')
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return sent === signed(params) && params.signature === sign(key.secret, sent)
}

/** How old a signed request may be, milliseconds: five seconds, or what the caller says up to a minute. */
function receiveWindow(wanted: string | undefined): number {
  const asked = Number(wanted)
  return asked > 0 && asked <= 60_000 ? asked : 5_000
}
