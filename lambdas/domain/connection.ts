import type { Secret } from './secret.ts'

/** What a user hands over: BitMart calls the passphrase "memo"; exchanges without one leave it out. */
export type Credentials = {
  readonly apiKey: Secret<string>
  readonly secret: Secret<string>
  readonly passphrase?: Secret<string>
}

export type ConnectionStatus = 'connected' | 'attention' | 'disconnected'

/** What a sync leaves at its connection; a field that is there and undefined is taken away. */
export type SyncNote = Partial<Pick<Connection, 'status' | 'reason' | 'lastRun' | 'nextSyncAt'>>

/** What its owner says of a connection; a field that is there and undefined is taken away. */
export type ConnectionChange = {
  readonly label?: string | undefined
  readonly accountSince?: number | undefined
  readonly symbols?: readonly string[]
  readonly paused?: true | undefined
  readonly files?: true | undefined
  /** Only ever taken away. */
  readonly begun?: undefined
  /** Whoever goes on after a pause is due again. */
  readonly nextSyncAt?: number
}

/** One key plus sub-account of one user. Times are epoch milliseconds. */
export type Connection = {
  readonly id: string
  readonly user: string
  readonly exchange: string
  /** Normalised; empty for the main account. */
  readonly subaccount: string
  readonly label?: string
  /** A hash of the exchange's own id of the account, where it has named one. */
  readonly account?: string
  /** The last four characters of the access key. */
  readonly keyHint: string
  readonly status: ConnectionStatus
  /** Why `status` is `attention`: a failure kind. */
  readonly reason?: string
  /** Where the vault keeps the credentials; absent when it keeps none. */
  readonly vaultRef?: string
  /** The cell that it belongs to for good; absent: the first. */
  readonly cell?: number
  readonly createdAt: number
  /** Its owner says that the account was not used before. */
  readonly accountSince?: number
  /** Symbols and coins that its owner says were traded: asked for whether or not a catalogue lists them. */
  readonly symbols?: readonly string[]
  /** Its owner wants no nightly syncs for now. The key stays, and whoever asks for a sync gets it. */
  readonly paused?: true
  /** It never had a key: all that is known of it came in files. */
  readonly statementsOnly?: true
  /** Opened for a file, and none that came could be read yet: nothing is known of it, and nobody need see it. */
  readonly begun?: true
  /** Files tell rows of it. */
  readonly files?: true
  /** When the key was last proved to be read-only as far as it can be proved. */
  readonly checkedAt?: number
  readonly lastRun?: string
  readonly nextSyncAt?: number
}

/** Whose history: the key under which everything of a connection is stored. */
export type Owner = { readonly user: string; readonly connection: string }
