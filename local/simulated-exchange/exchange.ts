import type { IncomingHttpHeaders } from 'node:http'
import type { Delivery } from './faults.ts'
import type { Limit, LimitUse } from './limits.ts'
import type { SharedKey, SharedOptions } from './options.ts'
import type { Random } from './random.ts'

export type Params = Readonly<Record<string, string>>

/** One call of an endpoint. Parameters have the names that the caller wrote: other spellings are not read. */
export type Call<Account, Key, Options> = {
  readonly params: Params
  readonly account: Account
  /** Absent where the endpoint is public. */
  readonly key?: Key
  readonly options: Options
  /** The server's time, epoch milliseconds. */
  readonly now: number
  readonly random: Random
}

/** `rows` counts what was served, where the answer is a list. */
export type Outcome<Code> =
  | { readonly data: unknown; readonly rows?: number }
  | { readonly refused: Code; readonly detail?: string }

export type Endpoint<Asked, Code> = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** `keyed` looks at the key alone; `signed` at timestamp and signature too. */
  readonly access: 'public' | 'keyed' | 'signed'
  readonly answer: (call: Asked) => Outcome<Code>
}

/** So many calls, counted together by `who`, and what one too many is told. */
export type Allowance<Code> = {
  readonly who: string
  readonly limit: Limit
  readonly refuse: (use: LimitUse) => Outcome<Code>
}

/** What an admission looks at. */
export type Request<Key, Served> = {
  readonly endpoint: Served
  readonly key: Key
  readonly headers: IncomingHttpHeaders
  /** What the caller must have signed: the query of a GET, the body of a POST. */
  readonly payload: string
  readonly params: Params
  /** The server's time, epoch milliseconds. */
  readonly now: number
}

/** What an answer is written with. `endpoint` is absent for a path that nobody knows. */
export type Said<Options, Served> = {
  readonly endpoint: Served | undefined
  readonly options: Options
  /** Another one for each answer. */
  readonly trace: string
}

/** An exchange as data, and as the few rules that are its own. */
export type Exchange<
  Account,
  Key extends SharedKey<Account>,
  Code,
  Fault extends string,
  Options extends SharedOptions<Account, Key, Code, Fault>,
  Served extends Endpoint<Call<Account, Key, Options>, Code>,
> = {
  readonly endpoints: readonly Served[]
  /** What a path that nobody knows, and a body that is no JSON object, are told. */
  readonly unknownPath: Code
  readonly unreadableBody: Code
  /** Why the key alone is refused, or the key. Needs no signature and costs nothing of the limit. */
  readonly identify: (
    headers: IncomingHttpHeaders,
    keys: readonly Key[],
  ) => { readonly refused: Code } | { readonly key: Key }
  /** What of each call is counted, the first being what its headers tell of. */
  readonly allowances: (
    endpoint: Served,
    key: Key | undefined,
    options: Options,
  ) => readonly [Allowance<Code>, ...Allowance<Code>[]]
  readonly limitHeaders: (limit: Limit, use: LimitUse) => Record<string, string>
  /** Why a known key is refused this endpoint. */
  readonly refusal: (request: Request<Key, Served>) => Code | undefined
  readonly write: (outcome: Outcome<Code>, said: Said<Options, Served>) => Delivery
  /** `good` is the body of the answer that the call would have had. */
  readonly fail: (fault: Fault, good: string, said: Said<Options, Served>) => Delivery
}
