/** What the runtime tells about the invocation, as far as it matters here. */
export type Invocation = {
  readonly awsRequestId: string
  getRemainingTimeInMillis(): number
}

/** Kept for putting away what was begun when the time is over. Milliseconds. */
const reserve = 20_000

/** Fires when it is time to put away what was begun. */
export function timeIsUp(invocation: Invocation): AbortSignal {
  return AbortSignal.timeout(Math.max(0, invocation.getRemainingTimeInMillis() - reserve))
}
