/** An error as it is told: the same number means different things at the spot market and of futures. */
type Told = { readonly status: number; readonly code: number | string; readonly msg: string }

/** Bitrue's errors, in the words of its two families. Of futures they come with HTTP 200. */
export const codes = {
  refused: { status: 401, code: -1022, msg: 'Signature for this request is not valid.' },
  timestamp: { status: 412, code: -1102, msg: 'Mandatory parameter timestamp was not sent, or malformed.' },
  parameter: { status: 412, code: -1102, msg: 'Mandatory parameter was not sent, was empty or malformed.' },
  /** A clock that is off: told in the words of one of the two above. */
  clock: { status: 401, code: -1022, msg: 'Signature for this request is not valid.' },
  symbol: { status: 412, code: -1121, msg: 'Invalid symbol.' },
  unavailable: { status: 500, code: -1016, msg: 'This service is no longer available.' },
  maintenance: { status: 503, code: 503, msg: 'Service Unavailable' },
  address: { status: 200, code: 966000, msg: 'Ip limit' },
  privileges: { status: 200, code: 966001, msg: 'No privileges' },
  tooMany: { status: 429, code: -1003, msg: 'Too many requests; current limit is exceeded.' },
  banned: { status: 418, code: -1003, msg: 'Way too many requests; IP banned.' },
  futuresClock: {
    status: 200,
    code: '-1021',
    msg: 'Timestamp for this request is outside of the recvWindow.',
  },
  futuresSignature: { status: 200, code: '-1022', msg: 'Signature for this request is not valid.' },
  futuresKey: { status: 200, code: '-2015', msg: 'Invalid API-key, IP, or permissions for action.' },
  futuresClosed: { status: 200, code: '-1025', msg: 'User has not opened the contract account.' },
  futuresContract: { status: 200, code: '-1121', msg: 'Invalid contract.' },
  futuresParameter: { status: 200, code: '-1102', msg: 'Mandatory parameter was not sent.' },
  unknownPath: { status: 404, code: -1002, msg: 'Not found.' },
} as const satisfies Readonly<Record<string, Told>>

export type Code = keyof typeof codes
