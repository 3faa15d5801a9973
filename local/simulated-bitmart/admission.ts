import type { IncomingHttpHeaders } from 'node:http'
import type { Request } from '../simulated-exchange/exchange.ts'
import type { Code } from './codes.ts'
import type { BitmartEndpoint } from './endpoints.ts'
import type { SimulatedKey } from './options.ts'
import { sign } from './signature.ts'

/** Why the key alone is refused, or the key. */
export function identify(
  headers: IncomingHttpHeaders,
  keys: readonly SimulatedKey[],
): { readonly refused: Code } | { readonly key: SimulatedKey } {
  const name = header(headers, 'x-bm-key')
  if (name === undefined) return { refused: 30001 }
  const key = keys.find((candidate) => candidate.apiKey === name)
  if (key === undefined) return { refused: 30002 }
  if (key.ipBound === true) return { refused: 30010 }
  if (key.expired === true) return { refused: 30011 }
  return { key }
}

/** Why a known key is refused this endpoint. */
export function refusal(request: Request<SimulatedKey, BitmartEndpoint>): Code | undefined {
  const { endpoint, key } = request
  if (endpoint.access === 'signed') {
    const wrong = signatureRefusal(request)
    if (wrong !== undefined) return wrong
  }
  if (key.frozen === true) return 53000
  if (endpoint.permission !== undefined && !key.permissions.includes(endpoint.permission)) return 30012
  if (endpoint.mainAccountOnly && key.subaccount === true) return 60026
  if (endpoint.futures && key.futuresOpened === false) return 40046
  return undefined
}

function signatureRefusal({
  key,
  headers,
  payload,
  params,
  now,
}: Request<SimulatedKey, BitmartEndpoint>): Code | undefined {
  const timestamp = header(headers, 'x-bm-timestamp')
  const signature = header(headers, 'x-bm-sign')
  if (timestamp === undefined) return 30006
  if (signature === undefined) return 30004
  if (!/^\d{13}$/.test(timestamp)) return 30008
  if (Math.abs(now - Number(timestamp)) > receiveWindow(params)) return 30007
  return signature === sign(key.secret, timestamp, key.memo, payload) ? undefined : 30005
}

/** How old a signed request may be, milliseconds: a minute, or less where the caller says so. */
function receiveWindow(params: Readonly<Record<string, string>>): number {
  const wanted = Number(params.recvWindow)
  return wanted > 0 && wanted <= 60_000 ? wanted : 60_000
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
