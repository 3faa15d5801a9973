import { type Delivery, html, json, wireFaults } from '../simulated-exchange/faults.ts'
import type { Code } from './codes.ts'

/** What a call may come to instead of its answer. */
export const faultKinds = [
  'http-502-html',
  'reset',
  'http-200-html',
  'limit-200',
  'truncated-json',
  'busy-200',
  'transient-200',
  'http-429',
  'http-403-html',
  'hang',
  'slow-body',
  'null-data',
  'no-code',
  'empty-lie',
] as const

export type FaultKind = (typeof faultKinds)[number]

/** How an answer is written for one question: `failed` an error, `served` what it would be with these rows, or none at all. */
export type Writer = {
  readonly failed: (code: Code, detail?: string) => string
  readonly served: (rows: readonly unknown[] | null) => string
  /** The server's time, epoch milliseconds. */
  readonly now: number
}

/** How long a limit that was not reached is told to last. */
const shortBlock = 1_000

/** `good` is the answer that the call would have had. */
export function faulty(kind: FaultKind, good: string, { failed, served, now }: Writer): Delivery {
  switch (kind) {
    case 'limit-200':
      return json(200, failed(100410, String(now + shortBlock)))
    case 'busy-200':
      return json(200, failed(109500))
    case 'transient-200':
      return json(200, failed(106551))
    case 'http-429':
      return json(429, failed(109429))
    case 'http-403-html':
      return html(403, 'Forbidden')
    case 'null-data':
      return json(200, 'null')
    case 'no-code':
      return json(200, '{"msg":"","data":{}}')
    // A backend of BingX answered so for a while: as if there were nothing.
    case 'empty-lie':
      return json(200, served([]))
    default:
      return wireFaults[kind](good)
  }
}
