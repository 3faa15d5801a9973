import type { ExchangeDefinition } from '../../domain/exchange.ts'

export const closing: ExchangeDefinition['closing'] = [
  {
    at: Date.UTC(2026, 6, 26, 1, 30),
    what: 'registrations, deposits and new spot orders stop; futures positions can only be reduced',
    past: 'registrations, deposits and new spot orders stopped; futures positions could only be reduced',
  },
  {
    at: Date.UTC(2026, 7, 26, 1, 0),
    what: 'all trading stops; the platform settles what is still open',
    past: 'all trading stopped; the platform settled what was still open',
    ends: 'trading',
  },
  {
    at: Date.UTC(2027, 0, 31, 15, 59),
    what: 'the platform ceases operations: nothing can be read after this',
    past: 'the platform ceased operations: nothing can be read any more',
    ends: 'everything',
  },
]
