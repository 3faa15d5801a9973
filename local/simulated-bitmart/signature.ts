import { createHmac } from 'node:crypto'

/**
 * The value of `X-BM-SIGN`: hex HMAC-SHA256 over `timestamp#memo#payload`, all of it UTF-8. The payload is the exact
 * body of a POST and the query string of a GET.
 */
export function sign(secret: string, timestamp: string, memo: string, payload: string): string {
  return createHmac('sha256', secret).update(`${timestamp}#${memo}#${payload}`, 'utf8').digest('hex')
}

/** The example of BitMart's documentation. */
export const publishedSignature = {
  secret: '6c6c98544461bbe71db2bca4c6d7fd0021e0ba9efc215f9c6ad41852df9d9df9',
  memo: 'test001',
  timestamp: '1589793796145',
  body: '{"symbol":"BTC_USDT","price":"8600","count":"100"}',
  signature: 'c31dc326bf87f38bfb49a3f8494961abfa291bd549d0d98d9578e87516cee46d',
} as const
