import type { AnswerError, ExchangeDefinition, Family } from '../../domain/exchange.ts'
import type { FailureKind } from '../../domain/failure.ts'
import { minute } from '../../domain/window.ts'

/** How long BingX shuts out a key or an address. Milliseconds. */
const ban = 5 * minute

function each(codes: readonly string[], kind: FailureKind): readonly AnswerError[] {
  return codes.map((code) => ({ code, means: { kind } }))
}

/** Nearly all of them come with HTTP 200. */
const errors: readonly AnswerError[] = [
  ...each(['100413'], 'unauthorized'),
  ...each(['100001', '100412'], 'wrong-signature'),
  ...each(['100419'], 'forbidden-ip'),
  ...each(['100421'], 'clock-skew'),
  ...each(['100004'], 'no-permission'),
  ...each(['100403'], 'not-served'),
  ...each(['100414', '100441', '101484'], 'account-restricted'),
  ...each(['100410', '109429'], 'rate-limited'),
  // The same code stands for other bad parameters, which would be a bug of ours.
  { code: '109400', text: /\b(time|range|span|interval|days?)\b/i, means: { kind: 'out-of-range' } },
  ...each(['80014', '100204'], 'out-of-range'),
  ...each(['109400', '100400', '100404'], 'rejected'),
  // A symbol that is offline, or that BingX no longer knows.
  ...each(['100490', '109418', '109425'], 'rejected'),
  ...each(['100500', '100503', '109500', '109701', '110500', '80012', '106551'], 'exchange-down'),
  { status: 429, means: { kind: 'rate-limited' } },
  { status: 418, means: { kind: 'rate-limited', everybody: true, retryAfter: ban } },
  // The firewall has shut out the address.
  { status: 403, means: { kind: 'rate-limited', everybody: true, retryAfter: ban } },
]

const patience: Family['patience'] = { text: /unblocked after (\d{13})/ }

/** Histories that one page of the documentation serves only to keys that may trade, which ours never may. */
const notToReaders: AnswerError = { code: '100004', means: { kind: 'not-served' } }

export const families: ExchangeDefinition['families'] = {
  '': { success: ['0'], errors, patience },
  /** Lists and objects without an envelope; their errors have one. */
  bare: { success: ['0'], bare: true, errors, patience },
  traders: {
    success: ['0'],
    errors: [notToReaders, ...errors.filter(({ code }) => code !== notToReaders.code)],
    patience,
  },
}

export const sentences: ExchangeDefinition['sentences'] = {
  unauthorized:
    'BingX does not know this API key: it is mistyped or was deleted. Copy the API key again, or make a new key.',
  'wrong-signature':
    'The secret key is wrong. Enter it again; where it is hidden by now, make a new key at BingX.',
  'clock-skew': 'BingX refuses the time that this computer signs with. Set its clock and try again.',
  'forbidden-ip':
    'This key is bound to other IP addresses. Bind the addresses of this importer to the key at BingX, with commas between them and without spaces, or make a key without IP binding.',
  'no-permission': 'This key may not read the history. Tick "Read" for it at BingX.',
  'account-restricted':
    'BingX has restricted this account (an abnormal account, a missing identity check, or a region that is not served). Solve that with BingX first.',
  'not-served':
    'BingX does not serve this to this key: some of it only to main accounts, some perhaps only to keys that may trade. Leave trading unticked all the same.',
  'exchange-down': 'BingX cannot be reached or is busy. Nothing is wrong with the key; try again later.',
  'exchange-closed': 'BingX has closed. What was imported before stays here.',
  'rate-limited': 'BingX asks to wait before more questions. Try again in a few minutes.',
  'bad-payload':
    'BingX answered something that is not what it documents. Nothing was taken from it; try again later.',
  rejected: 'BingX refused the question for a reason that it does not document.',
}
