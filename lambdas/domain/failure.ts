/**
 * Everything that can go wrong between us and an exchange or a store. Closed on purpose: each use handles all
 * of them in an exhaustive switch. A third party's own error text is never part of a failure.
 */
export type FailureKind =
  | 'unauthorized' // the access key is unknown to the exchange
  | 'wrong-signature' // the secret or the passphrase is wrong
  | 'key-missing' // our own vault no longer holds the key: the exchange was not asked
  | 'clock-skew' // our clock is off
  | 'forbidden-ip'
  | 'expired' // the key has expired
  | 'no-permission'
  | 'different-account' // what the key shows is not of the account whose history is stored
  | 'account-restricted' // frozen account, missing identity check
  | 'not-opened' // the account never opened this product
  | 'not-served' // this kind of key is never served this stream
  | 'out-of-range' // the exchange does not serve this time
  | 'rate-limited'
  | 'exchange-down'
  | 'exchange-closed'
  | 'bad-payload' // an answer that is not what the exchange documents: HTML, truncated JSON, a wrong type
  | 'rejected' // the exchange refuses the request for a reason we do not know
  | 'window-saturated'
  | 'busy' // another run is at work on the connection
  | 'lease-lost' // another run took the connection over
  | 'stalled' // the run was handed on again and again and brought nothing
  | 'aborted'

export type Failure = {
  readonly kind: FailureKind
  /** The exchange's error code or the HTTP status: short, never its text. */
  readonly code?: string
  /** How long the exchange asks to wait, milliseconds. */
  readonly retryAfter?: number
  /** `rate-limited` by our address: everybody who calls from it has to wait, whatever the key. */
  readonly everybody?: true
  /** The exchange says the same where our clock is off: that is looked at before it is believed. */
  readonly orClock?: true
  /** The exchange says the same where calls come too close together: so many milliseconds belong between two of them. */
  readonly apart?: number
}

export type RetryPolicy = 'never' | 'wait' | 'backoff'

/** `wait`: the exchange asks for patience, so keep on; `backoff`: may pass, try a few times. */
export function retryPolicy(kind: FailureKind): RetryPolicy {
  switch (kind) {
    case 'rate-limited':
      return 'wait'
    case 'exchange-down':
    case 'bad-payload':
    case 'clock-skew':
      return 'backoff'
    case 'unauthorized':
    case 'wrong-signature':
    case 'key-missing':
    case 'forbidden-ip':
    case 'expired':
    case 'no-permission':
    case 'account-restricted':
    case 'different-account':
    case 'not-opened':
    case 'not-served':
    case 'out-of-range':
    case 'exchange-closed':
    case 'rejected':
    case 'window-saturated':
    case 'busy':
    case 'lease-lost':
    case 'stalled':
    case 'aborted':
      return 'never'
  }
}

/** Whether a failure of one window would meet every other window of its partition too. */
export function endsThePartition(kind: FailureKind): boolean {
  switch (kind) {
    case 'unauthorized':
    case 'wrong-signature':
    case 'key-missing':
    case 'clock-skew':
    case 'forbidden-ip':
    case 'expired':
    case 'no-permission':
    case 'account-restricted':
    case 'different-account':
    case 'not-opened':
    case 'not-served':
    case 'rate-limited':
    case 'exchange-closed':
    case 'busy':
    case 'lease-lost':
    case 'stalled':
    case 'aborted':
      return true
    case 'out-of-range':
    case 'exchange-down':
    case 'bad-payload':
    case 'rejected':
    case 'window-saturated':
      return false
  }
}

/** The one error class that use cases throw on purpose. Its message carries the kind and code, nothing else. */
export class FailureError extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.code === undefined ? failure.kind : `${failure.kind} (${failure.code})`)
    this.name = 'FailureError'
    this.failure = failure
  }
}
