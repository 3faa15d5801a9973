import type { SimulatedRequest } from './options.ts'

/** A simulator as a command: what its words come to, and what there is to tell of it once it runs. */
export type Simulation = {
  readonly name: string
  readonly read: (args: readonly string[]) => Plan | { readonly help: string } | { readonly wrong: string }
}

export type Plan = {
  /** One line for each flag that was given. */
  readonly given: readonly string[]
  readonly port: number
  /** Rejects when the port is taken. */
  readonly start: (onRequest: (request: SimulatedRequest) => void) => Promise<{
    readonly url: string
    /** What the account has, in words: "1450 spot fills". */
    readonly holds: readonly string[]
    /** What another terminal must be told to ask it. */
    readonly addresses: Readonly<Record<string, string>>
    /** The variables of each key that opens the account. */
    readonly keys: readonly Readonly<Record<string, string>>[]
    readonly close: () => Promise<void>
  }>
}
