import { demoKey, type SimulatedKey } from '../../../local/simulated-bingx/options.ts'
import type { SimulatedBingx } from '../../../local/simulated-bingx/server.ts'
import { sign, signed } from '../../../local/simulated-bingx/signature.ts'

/** A fixed instant, so that nothing depends on today: 2026-11-20T12:00:00Z. */
export const now = Date.UTC(2026, 10, 20, 12)
export const day = 86_400_000

// biome-ignore lint/suspicious/noExplicitAny: answers are read freely in tests.
export type Reply = { status: number; headers: Headers; text: string; body: any }

type Params = Record<string, string | number>

/** A signed question. `special` is what the caller does wrong. */
export async function ask(
  bingx: SimulatedBingx,
  path: string,
  params: Params = {},
  {
    key = demoKey as SimulatedKey,
    at = bingx.options.clock(),
    special = {} as { signature?: string; query?: string },
  } = {},
): Promise<Reply> {
  const all = Object.fromEntries(
    Object.entries({ ...params, timestamp: at }).map(([name, value]) => [name, String(value)]),
  )
  const raw = special.query ?? signed(all)
  const sent = raw
    .split('&')
    .map((part) => part.split('=').map(encodeURIComponent).join('='))
    .join('&')
  const signature = special.signature ?? sign(key.secret, raw)
  return reply(`${bingx.url}/openApi/${path}?${sent}&signature=${signature}`, {
    'X-BX-APIKEY': key.apiKey,
  })
}

export async function reply(url: string, headers: Record<string, string> = {}): Promise<Reply> {
  const response = await fetch(url, { headers })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
}

export const spotFills = (bingx: SimulatedBingx, params: Params = {}, how = {}) =>
  ask(bingx, 'spot/v1/trade/myTrades', { limit: 1000, ...params }, how)

export const futuresFills = (bingx: SimulatedBingx, params: Params = {}, how = {}) =>
  ask(bingx, 'swap/v2/trade/fillHistory', { pageIndex: 1, pageSize: 1000, ...params }, how)

export const orderFills = (bingx: SimulatedBingx, params: Params = {}, how = {}) =>
  ask(bingx, 'swap/v2/trade/allFillOrders', { tradingUnit: 'COIN', ...params }, how)

export const ledger = (bingx: SimulatedBingx, params: Params = {}, how = {}) =>
  ask(bingx, 'swap/v2/user/income', { limit: 1000, ...params }, how)

export const deposits = (bingx: SimulatedBingx, params: Params = {}, how = {}) =>
  ask(bingx, 'api/v3/capital/deposit/hisrec', { limit: 1000, ...params }, how)

export const withdrawals = (bingx: SimulatedBingx, params: Params = {}, how = {}) =>
  ask(bingx, 'api/v3/capital/withdraw/history', { limit: 1000, ...params }, how)
