import { type Delivery, json, wireFaults } from '../simulated-exchange/faults.ts'
import type { Code } from './codes.ts'

/** What a call may come to instead of its answer. */
export const faultKinds = [
  'http-502-html',
  'reset',
  'http-200-html',
  'limit-429',
  'truncated-json',
  'maintenance-503',
  'gone-500',
  'haste-412',
  'hang',
  'slow-body',
  'no-code',
] as const

export type FaultKind = (typeof faultKinds)[number]

/** `good` is the answer that the call would have had, `failed` writes an error. */
export function faulty(kind: FaultKind, good: string, failed: (code: Code) => Delivery): Delivery {
  switch (kind) {
    case 'limit-429':
      return failed('tooMany')
    case 'maintenance-503':
      return failed('maintenance')
    case 'gone-500':
      return failed('unavailable')
    case 'haste-412':
      return failed('timestamp')
    case 'no-code':
      return json(200, '{"msg":"","data":{}}')
    default:
      return wireFaults[kind](good)
  }
}
