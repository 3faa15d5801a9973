import type { z } from 'zod'
import type { FailureKind } from './failure.ts'
import type { ExchangeRequest, Market, StreamDefinition } from './stream.ts'

/** A date the user must know: after it the exchange does less. Epoch milliseconds. */
export type ClosingDate = {
  readonly at: number
  /** What happens then, and how it is told once it has happened. */
  readonly what: string
  readonly past: string
  /** `trading`: no new trade after it; `everything`: nothing can be read after it, and who cannot be reached has closed. */
  readonly ends?: 'trading' | 'everything'
}

export type Power = 'withdraw' | 'futures-trade'

/** A read-only call that only a key with this power may make: an answer proves that the key is too strong. */
export type PowerProbe = { readonly power: Power; readonly request: ExchangeRequest }

/** One field of the exchange's credentials, in the words of its own form. */
export type CredentialField = {
  readonly name: 'apiKey' | 'secret' | 'passphrase'
  readonly title: string
  readonly hint: string
  readonly maxLength: number
  /** Symbols that are known to break other tools: accepted here, with a warning. */
  readonly troublesome?: readonly string[]
}

/** Where a catalogue of markets comes from. Public, so it may be gone while history is still served. */
export type MarketSource = {
  readonly product: 'spot' | 'futures'
  readonly request: ExchangeRequest
  readonly markets: z.ZodType<readonly Market[]>
}

/** Everything that is known about one exchange, as data. The engine knows no exchange by name. */
export type ExchangeDefinition = {
  readonly id: string
  readonly name: string
  /** Base addresses by the names that ccxt gives them. */
  readonly hosts: Readonly<Record<string, string>>
  /** Paths that live on another host than ccxt believes, with the name of that host. */
  readonly hostOfPath: Readonly<Record<string, string>>
  /** The environment variable that replaces each host, for a proxy or a simulator. */
  readonly hostVariables: Readonly<Record<string, string>>
  readonly credentials: readonly CredentialField[]
  /** The environment variables that the terminal importer reads credentials from. */
  readonly credentialVariables: Readonly<Record<CredentialField['name'], string>>
  /** The code that means success; any other is looked up in `errors`. */
  readonly success: string
  readonly errors: Readonly<Record<string, FailureKind>>
  /** What the user must hear when a key is refused; by failure kind. */
  readonly sentences: Partial<Readonly<Record<FailureKind, string>>>
  /** A call that proves every part of the credentials at once, and yields recent rows of `stream`. */
  readonly probe: StreamDefinition['stream']
  /** Streams whose ids no other account shares: their rows tell which account a key opens. */
  readonly accountMarks: readonly StreamDefinition['stream'][]
  readonly powerProbes: readonly PowerProbe[]
  /** Powers that no safe call can tell. */
  readonly uncheckable: readonly string[]
  /** The public call that tells the exchange's clock, and where in its answer. */
  readonly serverTime: { readonly request: ExchangeRequest; readonly time: z.ZodType<number> }
  readonly marketSources: readonly MarketSource[]
  readonly streams: readonly StreamDefinition[]
  /** Histories that the exchange has and that are never imported, in sentences: said wherever history is. */
  readonly absent: readonly string[]
  readonly closing: readonly ClosingDate[]
  /** How to make a key, step by step. */
  readonly keyGuide: readonly string[]
}
