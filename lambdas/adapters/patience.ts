/** How long a call to AWS is waited for, and how often it is tried. Milliseconds. */
export type Patience = {
  readonly maxAttempts: number
  readonly requestHandler: {
    readonly connectionTimeout: number
    readonly requestTimeout: number
    /** Without it, the client prints a warning and goes on waiting. */
    readonly throwOnRequestTimeout: true
  }
}

/** Of what has minutes, and is tried again as a whole if need be. */
export const inBackground = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const satisfies Patience

/** Of a request to the API: all attempts at one call end before the function does, which has 15 seconds or 29. */
export const whileSomebodyWaits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const satisfies Patience
