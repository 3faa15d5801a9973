import type { z } from 'zod'
import type { Failure, FailureKind } from './failure.ts'
import {
  type ExchangeRequest,
  isListed,
  type Market,
  type RateLimit,
  type StreamDefinition,
  type StreamKind,
  type Unverified,
  type WindowStream,
} from './stream.ts'

/** A date the user must know: after it the exchange does less. Epoch milliseconds. */
export type ClosingDate = {
  readonly at: number
  /** What happens then, and how it is told once it has happened. */
  readonly what: string
  readonly past: string
  /** `trading`: no new trade after it; `everything`: nothing can be read after it, and who cannot be reached has closed. */
  readonly ends?: 'trading' | 'everything'
}

/** What a key may allow beyond reading. */
export type Power = 'spot-trade' | 'futures-trade' | 'withdraw' | 'transfer' | 'subaccount-transfer'

/** A read-only call that only a key with this power may make: an answer proves that the key is too strong. */
export type PowerProbe = { readonly power: Power; readonly request: ExchangeRequest }

/** How the powers of a key are found out. */
export type Powers =
  | { readonly by: 'probes'; readonly probes: readonly PowerProbe[] }
  | {
      readonly by: 'list'
      readonly request: ExchangeRequest
      /** The powers that the list would name. */
      readonly tells: readonly Power[]
      /** Reads the `data` of the answer. What it cannot read concludes nothing: the powers count as unchecked. */
      readonly list: z.ZodType<readonly Power[]>
    }
  | { readonly by: 'nothing' }

/** What an error of an exchange means. Every field that is there must fit. */
export type AnswerError = {
  readonly status?: number
  readonly code?: string
  /** Tried on the error's own words, which are kept nowhere. */
  readonly text?: RegExp
  readonly means: Omit<Failure, 'code'>
}

/** How a group of endpoints answers. */
export type Family = {
  /** The codes of the envelope that mean success. */
  readonly success: readonly string[]
  /** An answer may also be bare, without an envelope: an array, or an object that has neither a code nor a message. */
  readonly bare?: true
  /** The first that fits is believed. */
  readonly errors: readonly AnswerError[]
  /** Where the exchange says how long to wait, besides the header `retry-after`. */
  readonly patience?: {
    /** Seconds from now, a date, or epoch seconds or milliseconds. */
    readonly headers?: readonly string[]
    /** Finds, in the words of an error, when the wait is over: its first group is epoch milliseconds. */
    readonly text?: RegExp
  }
}

/** The exchange's own name of the account that a key opens. */
export type AccountSource = {
  readonly request: ExchangeRequest
  /** Reads the `data` of the answer. Two accounts never share an id, and an account keeps its own. */
  readonly id: z.ZodType<string>
  /** A read-only call that is answered to keys of main accounts, and `not-served` to those of sub-accounts. */
  readonly mainOnly?: ExchangeRequest
  /** What nobody has tried. */
  readonly unverified?: readonly Unverified[]
}

/** One field of the exchange's credentials, in the words of its own form. */
export type CredentialField = {
  readonly name: 'apiKey' | 'secret' | 'passphrase'
  readonly title: string
  readonly hint: string
  readonly maxLength: number
  /** Symbols that are known to break other tools: accepted here, with a warning. */
  readonly troublesome?: readonly string[]
}

/** One step of making a key; `id`: what it is about, by which a refusal of the key finds it again. */
export type KeyStep = {
  readonly id: 'open' | 'name' | 'rights' | 'addresses' | 'confirm' | 'copy' | 'enter'
  /** A sentence or two. */
  readonly text: string
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
  /** Where the API lives, by the names that ccxt gives its hosts; a single one stands for all of ccxt's. No path of ccxt's own. */
  readonly hosts: Readonly<Record<string, string>>
  /** Paths that live on another host than ccxt believes, with the name of that host. */
  readonly hostOfPath: Readonly<Record<string, string>>
  /** Where ccxt names its hosts otherwise: the host of a call by the first word of its path, which stays as ccxt writes it. */
  readonly hostOfRoot?: Readonly<Record<string, string>>
  /** The environment variable that replaces each host, for a proxy or a simulator. */
  readonly hostVariables: Readonly<Record<string, string>>
  readonly credentials: readonly CredentialField[]
  /** The environment variables that the terminal importer reads credentials from, one for each of `credentials`. */
  readonly credentialVariables: Partial<Readonly<Record<CredentialField['name'], string>>>
  /** Header fields that ccxt adds for itself, such as the broker that it credits. */
  readonly unwantedHeaders: readonly string[]
  /** How endpoints answer, by the family that a request names; `''` for those that name none. */
  readonly families: Readonly<Record<string, Family>> & { readonly '': Family }
  /** What the user must hear when a key is refused; by failure kind. */
  readonly sentences: Partial<Readonly<Record<FailureKind, string>>>
  /** A call that proves every part of the credentials at once: the latest rows of a stream, or one of its own. */
  readonly probe:
    | { readonly stream: StreamKind }
    | { readonly request: ExchangeRequest; readonly answer: z.ZodType }
  /** Where the exchange names the account of a key: that decides which account it is, before any row does. */
  readonly account?: AccountSource
  /** Streams whose ids no other account shares: their rows tell which account a key opens. */
  readonly accountMarks: readonly StreamKind[]
  readonly powers: Powers
  /** Powers that no safe call can tell. */
  readonly uncheckable: readonly string[]
  /** The public call that tells the exchange's clock, and where in its answer. */
  readonly serverTime: { readonly request: ExchangeRequest; readonly time: z.ZodType<number> }
  readonly marketSources: readonly MarketSource[]
  /** Where the exchange lists its coins, for histories that are asked for by coin. */
  readonly coinSource?: { readonly request: ExchangeRequest; readonly coins: z.ZodType<readonly string[]> }
  /**
   * What the account holds of each coin, in whatever words: what changed since the last sync tells which partitions to ask
   * for at once, of histories that are asked for in turn.
   */
  readonly holdings?: {
    readonly request: ExchangeRequest
    readonly coins: z.ZodType<Readonly<Record<string, string>>>
  }
  /** Where the exchange tells what it allows by now: what is read takes the place of the limits of the same ids. */
  readonly toldLimits?: {
    readonly request: ExchangeRequest
    readonly limits: z.ZodType<readonly RateLimit[]>
  }
  readonly streams: readonly StreamDefinition[]
  /** Histories that the exchange has and that are never imported, in sentences: said wherever history is. */
  readonly absent: readonly string[]
  readonly closing: readonly ClosingDate[]
  /** How to make a key, in the order of the exchange's own form. */
  readonly keyGuide: readonly KeyStep[]
  /** Where its users make keys; only an address that the exchange itself names. */
  readonly keyPage?: string
  /** What stands between the addresses in the field that a key is bound by. */
  readonly addressSeparator: string
}

/** Whether any history is asked for by names, of symbols or coins, that only run time knows: elsewhere, names from its owner are of no use. */
export function takesSymbols({ streams }: Pick<ExchangeDefinition, 'streams'>): boolean {
  return streams.some(({ partitions }) => isListed(partitions))
}

/** What is wrong with names for an exchange that takes none; continues a sentence that begins with what they are called. */
export function symbolsProblem(
  exchange: Pick<ExchangeDefinition, 'name' | 'streams'>,
  symbols: readonly string[] = [],
): string | undefined {
  if (symbols.length === 0 || takesSymbols(exchange)) return undefined
  return `is of no use at ${exchange.name}, which is asked for all symbols at once: leave it out`
}

/** An exchange that is read by windows of time alone. */
export type WindowExchange = Omit<ExchangeDefinition, 'streams'> & {
  readonly streams: readonly WindowStream[]
}
