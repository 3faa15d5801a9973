import type { AnswerError, ExchangeDefinition } from '../../domain/exchange.ts'
import { minute } from '../../domain/window.ts'
import { byCode } from '../by-code.ts'
import { transfers } from './rates.ts'

/** An address that goes on after 429 is shut out for two minutes at first, and for up to three days. Milliseconds. */
const shortestBan = 2 * minute

/** Two questions for fills within two seconds were answered with the error of a time stamp. Milliseconds. */
const learntPace = 2_000

/** Weight is counted by the minute. */
const tooMany: AnswerError = { status: 429, means: { kind: 'rate-limited', retryAfter: minute } }
const banned: AnswerError = {
  status: 418,
  means: { kind: 'rate-limited', everybody: true, retryAfter: shortestBan },
}

/**
 * Reported of spot, and believed of futures, where it is not known. The same code stands for
 * other bad parameters, which would be a bug of ours.
 */
const tooQuick: AnswerError = {
  code: '-1102',
  text: /timestamp/i,
  means: { kind: 'clock-skew', apart: learntPace },
}

const spotErrors: readonly AnswerError[] = [
  // An unknown key, a wrong secret, a clock that is off and a right that is missing are told by one code.
  { code: '-1022', means: { kind: 'unauthorized', orClock: true } },
  tooQuick,
  { code: '966000', means: { kind: 'forbidden-ip' } },
  { code: '966001', means: { kind: 'no-permission' } },
  { text: /\bpermission\b/i, means: { kind: 'no-permission' } },
  ...byCode({
    '-1102': 'rejected',
    // The symbol, or the coin, is not served.
    '-1121': 'not-served',
    '-1016': 'exchange-down',
    '503': 'exchange-down',
    '1': 'exchange-down',
  }),
  banned,
]

/** Nearly all of them come with HTTP 200. The same numbers mean other things than at the spot market. */
const futuresErrors: readonly AnswerError[] = [
  tooQuick,
  ...byCode({
    '-1021': 'clock-skew',
    '-1022': 'wrong-signature',
    '-2014': 'unauthorized',
    // The key is known by then to read spot: it may not read futures, or not from here.
    '-2015': 'no-permission',
    // Futures were never activated: an empty history.
    '-1025': 'not-opened',
    '-1121': 'not-served',
    '-1003': 'rate-limited',
    // A path that is gone, and a country of our address that is not served: not the user's to mend.
    '-1002': 'rejected',
    '-2101': 'rejected',
    '-2102': 'rejected',
  }),
  tooMany,
  banned,
]

/**
 * Each client keeps to what an hour allows a user. One that is refused all the same shares the hour, with another key of the account
 * or with another program, and nobody tells for how long it is spent: it looks again after a minute, and asks half as often.
 */
const spentByOthers: AnswerError = {
  status: 429,
  means: { kind: 'rate-limited', retryAfter: minute, apart: (2 * transfers.rate.per) / transfers.rate.calls },
}

export const families: ExchangeDefinition['families'] = {
  /** Lists and objects without an envelope; their errors have one. */
  '': { success: [], bare: true, errors: [...spotErrors, tooMany] },
  transfers: { success: ['200'], errors: [...spotErrors, spentByOthers] },
  futures: { success: ['0'], errors: futuresErrors },
  /** Public questions about futures were answered with and without an envelope. */
  contracts: { success: ['0'], bare: true, errors: futuresErrors },
}

const allThree =
  'Bitrue refuses this key, in words that it has for three things: the API key or the secret key is mistyped or was deleted, this address is not among those that the key trusts, or "Read-Only" is not ticked. The clock was looked at and is right.'

export const sentences: ExchangeDefinition['sentences'] = {
  unauthorized: `${allThree} Enter both keys again; where the secret is lost, make a new key.`,
  'wrong-signature':
    'The secret key is wrong. Enter it again; it was shown once only, so that a new key may be needed.',
  'clock-skew':
    'Bitrue refuses the time that this computer signs with, or is asked too quickly. Set the clock, and try again later.',
  'forbidden-ip':
    'This key trusts other IP addresses. Add the addresses of this importer to the key at Bitrue, with commas between them.',
  'no-permission':
    'Bitrue does not let this key read this: "Read-Only" is not ticked, or this address is not among those that the key trusts. Edit the key at Bitrue and save it.',
  'not-opened': 'Futures were never activated for this account: there is no history of them.',
  'not-served': 'Bitrue does not serve this symbol, contract or coin any more.',
  'exchange-down':
    'Bitrue cannot be reached or is under maintenance. Nothing is wrong with the key; try again later.',
  'exchange-closed': 'Bitrue has closed. What was imported before stays here.',
  'rate-limited': 'Bitrue asks to wait before more questions. Try again in a few minutes.',
  'bad-payload':
    'Bitrue answered something that is not what it documents, or that lacks what it showed before: nothing is called complete by it. Try again later; where this goes on, see whether the key opens another account now.',
  rejected: 'Bitrue refused the question for a reason that it does not document.',
}
