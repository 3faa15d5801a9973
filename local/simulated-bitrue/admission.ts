import type { IncomingHttpHeaders } from 'node:http'
import type { Request } from '../simulated-exchange/exchange.ts'
import type { Code } from './codes.ts'
import type { BitrueEndpoint } from './endpoints.ts'
import type { SimulatedKey } from './options.ts'
import { sign, signedPart } from './signature.ts'

/** Why the key alone is refused, or the key. Each family has a header of its own for it. */
export function identify(
  headers: IncomingHttpHeaders,
  keys: readonly SimulatedKey[],
): { readonly refused: Code } | { readonly key: SimulatedKey } {
  const ofFutures = headers['x-ch-apikey']
  const key = keys.find(({ apiKey }) => apiKey === (ofFutures ?? headers['x-mbx-apikey']))
  if (key === undefined) return { refused: ofFutures === undefined ? 'refused' : 'futuresKey' }
  if (key.ipBound) return { refused: ofFutures === undefined ? 'address' : 'futuresKey' }
  return { key }
}

/** Why a known key is refused this endpoint. */
export function refusal(request: Request<SimulatedKey, BitrueEndpoint>): Code | undefined {
  return request.endpoint.family === 'futures' ? futuresRefusal(request) : spotRefusal(request)
}

function spotRefusal({ key, payload, params, now }: Request<SimulatedKey, BitrueEndpoint>): Code | undefined {
  const { timestamp = '', recvWindow = '5000', signature = '' } = params
  const at = Number(timestamp)
  if (!/^\d{13}$/.test(timestamp)) return 'timestamp'
  if (signature.toLowerCase() !== sign(key.secret, signedPart(payload))) return 'refused'
  if (at >= now + 1_000 || now - at > Math.min(Number(recvWindow), 60_000)) return 'clock'
  return key.reads ? undefined : 'refused'
}

function futuresRefusal({
  endpoint,
  key,
  headers,
  payload,
  now,
}: Request<SimulatedKey, BitrueEndpoint>): Code | undefined {
  const at = String(headers['x-ch-ts'] ?? '')
  const text = `${at}${endpoint.method}${endpoint.path}${payload === '' ? '' : `?${payload}`}`
  if (headers['x-ch-sign'] !== sign(key.secret, text)) return 'futuresSignature'
  if (!/^\d{13}$/.test(at) || Math.abs(now - Number(at)) > 5_000) return 'futuresClock'
  if (!key.reads) return 'futuresKey'
  return key.futures === 'never' ? 'futuresClosed' : undefined
}
