import { createHmac } from 'node:crypto'

/** Hex HMAC-SHA256 over the query as it is before it is encoded for sending. */
export function sign(secret: string, query: string): string {
  return createHmac('sha256', secret).update(query, 'utf8').digest('hex')
}

/** What of a query must be signed: everything but the signature, by name, its values as they are. */
export function signed(params: Readonly<Record<string, string>>): string {
  return Object.entries(params)
    .filter(([name]) => name !== 'signature')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

const secret = 'mheO6dR8ovSsxZQCOYEFCtelpuxcWGTfHw7te326y6jOwq5WpvFQ9JNljoTwBXZGv5It07m9RXSPpDQEK2w'

/** The example that BingX published, and that of today's documentation as it must be: there its signature is wrong. */
export const publishedSignatures = [
  {
    secret,
    query: 'symbol=BTC-USDT&timestamp=1667872120843&side=LONG&leverage=6',
    signature: '4f581ecdb1fa09b9d6e57886b6f70cffed17f82b93399722939e49a38edec2bf',
  },
  {
    secret,
    query: 'recvWindow=0&symbol=BTC-USDT&timestamp=1696751141337',
    signature: 'f8d883609dfd31c824feb4de865b071008dedb1d461451fa70847875c8e7a7a2',
  },
] as const
