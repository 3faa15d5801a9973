/** BitMart's codes, the HTTP status each comes with, and its words. Source: its public error tables. */
export const codes = {
  30000: { status: 404, message: 'Not found' },
  30001: { status: 401, message: 'Header X-BM-KEY is empty' },
  30002: { status: 401, message: 'Header X-BM-KEY not found' },
  30004: { status: 401, message: 'Header X-BM-SIGN is empty' },
  30005: { status: 401, message: 'Header X-BM-SIGN is wrong' },
  30006: { status: 401, message: 'Header X-BM-TIMESTAMP is empty' },
  30007: { status: 401, message: 'Header X-BM-TIMESTAMP range. Within a minute' },
  30008: { status: 401, message: 'Header X-BM-TIMESTAMP invalid format' },
  30010: { status: 403, message: 'IP is forbidden. We recommend enabling IP whitelist for API trading' },
  30011: { status: 403, message: 'Header X-BM-KEY over expire time' },
  30012: { status: 403, message: 'Header X-BM-KEY is forbidden to request it' },
  30013: { status: 429, message: 'Request too many requests' },
  30014: { status: 503, message: 'Service unavailable' },
  30016: { status: 200, message: 'Service maintenance, the function is temporarily unavailable' },
  30017: {
    status: 418,
    message: 'Your account request is temporarily rejected due to violation of current limiting rules',
  },
  30018: { status: 503, message: 'Request Body requires JSON format' },
  40011: { status: 400, message: 'Invalid request' },
  40039: { status: 400, message: 'The timestamp is invalid' },
  40046: { status: 403, message: 'The account is not opened futures' },
  50000: { status: 400, message: 'Bad Request' },
  50041: { status: 400, message: 'Out of query time range' },
  52004: { status: 400, message: 'End time must be greater than or equal to Start time' },
  53000: {
    status: 403,
    message: 'Your account is frozen due to security policies. Please contact customer service',
  },
  // Of no table: what an exchange may answer that nobody has documented.
  59999: { status: 400, message: 'Unknown error' },
  60000: {
    status: 400,
    message: 'Invalid request (maybe the body is empty, or the int parameter passes string data)',
  },
  60026: { status: 403, message: 'Sub-account does not have permission to operate' },
  60066: { status: 400, message: 'Invalid query time' },
  60067: { status: 400, message: 'The query time range must be within 90 days' },
} as const

export type Code = keyof typeof codes
