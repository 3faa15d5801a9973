import type { ExchangeDefinition } from '../domain/exchange.ts'

/** What may be typed into each field of the credentials. */
const typed = { apiKey: 'your-access-key', secret: 'your-secret-key', passphrase: 'your-memo' } as const

/** What connecting looks like, exchange by exchange: only some of them have a passphrase. */
export function connectExamples(exchanges: Iterable<ExchangeDefinition>) {
  return Object.fromEntries(
    [...exchanges].map(({ id, name, credentials }) => [
      id,
      {
        summary: name,
        value: {
          exchange: id,
          ...Object.fromEntries(credentials.map((field) => [field.name, typed[field.name]])),
          label: 'Main account',
        },
      },
    ]),
  )
}
