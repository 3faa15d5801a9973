import { demoKey, type SimulatedKey } from '../../../local/simulated-bitmart/options.ts'
import type { SimulatedBitmart } from '../../../local/simulated-bitmart/server.ts'
import { sign } from '../../../local/simulated-bitmart/signature.ts'

/** A fixed instant, so that nothing depends on today: 2025-10-09T08:53:20Z. */
export const now = 1_760_000_000_000
export const day = 86_400_000

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely in tests.
export type Reply = { status: number; headers: Headers; body: any; code: any; data: any }

type Headings = Record<string, string | undefined>

/** A signed POST. `headers` replace what would be sent; undefined leaves one out. */
export async function post(
  bitmart: SimulatedBitmart,
  path: string,
  params: object,
  { key = demoKey as SimulatedKey, headers = {} as Headings, at = bitmart.options.clock() } = {},
): Promise<Reply> {
  const body = JSON.stringify(params)
  return reply(bitmart.spotUrl + path, {
    method: 'POST',
    body,
    headers: defined({
      'Content-Type': 'application/json',
      'X-BM-KEY': key.apiKey,
      'X-BM-TIMESTAMP': String(at),
      'X-BM-SIGN': sign(key.secret, String(at), key.memo, body),
      ...headers,
    }),
  })
}

export async function get(
  bitmart: SimulatedBitmart,
  path: string,
  params: Record<string, string | number> = {},
  { key = demoKey as SimulatedKey, headers = {} as Headings } = {},
): Promise<Reply> {
  const query = new URLSearchParams(
    Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
  )
  return reply(`${bitmart.futuresUrl}${path}?${query}`, {
    headers: defined({ 'X-BM-KEY': key.apiKey, ...headers }),
  })
}

export const spotFills = (bitmart: SimulatedBitmart, params: object, how = {}) =>
  post(bitmart, '/spot/v4/query/trades', params, how)

export const futuresFills = (bitmart: SimulatedBitmart, params: Record<string, string | number>, how = {}) =>
  get(bitmart, '/contract/private/trades', params, how)

export const ledger = (bitmart: SimulatedBitmart, params: Record<string, string | number>, how = {}) =>
  get(bitmart, '/contract/private/transaction-history', params, how)

export const transfers = (bitmart: SimulatedBitmart, params: Record<string, string | number>, how = {}) =>
  get(bitmart, '/account/v2/deposit-withdraw/history', params, how)

async function reply(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, init)
  const body = (await response.json()) as Reply['body']
  return { status: response.status, headers: response.headers, body, code: body.code, data: body.data }
}

function defined(headers: Headings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
