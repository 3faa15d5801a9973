import { type Delivery, json, wireFaults } from '../simulated-exchange/faults.ts'
import type { Code } from './codes.ts'

/** What a call may come to instead of its answer. */
export const faultKinds = [
  'http-502-html',
  'reset',
  'http-200-html',
  'http-429',
  'truncated-json',
  'http-503-json',
  'maintenance-200',
  'hang',
  'slow-body',
  'no-message',
  'no-code',
  'null-data',
  'http-418',
] as const

export type FaultKind = (typeof faultKinds)[number]

export type Envelope = (code: Code | 1000, data: unknown, without?: 'code' | 'message') => string

/** `good` is the answer that the call would have had; `envelope` writes another one in BitMart's form. */
export function faulty(kind: FaultKind, good: string, envelope: Envelope): Delivery {
  switch (kind) {
    case 'http-429':
      return json(429, envelope(30013, {}))
    case 'http-418':
      return json(418, envelope(30017, {}))
    case 'http-503-json':
      return json(503, envelope(30014, {}))
    case 'maintenance-200':
      return json(200, envelope(30016, {}))
    case 'no-message':
      return json(503, envelope(30014, {}, 'message'))
    case 'no-code':
      return json(200, envelope(1000, [], 'code'))
    case 'null-data':
      return json(200, envelope(1000, null))
    default:
      return wireFaults[kind](good)
  }
}
