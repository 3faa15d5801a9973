import { streamKinds } from './stream.ts'

/** The last millisecond that thirteen digits can tell, in the year 2286: the keys of rows are in the order of time by them. */
export const lastTime = 9_999_999_999_999

/** UTF-8 bytes that the store takes as the key of a row. */
export const longestKey = 1024

const longestStream = Math.max(...streamKinds.map((stream) => stream.length))

/** UTF-8 bytes that a key has room for beside the name of a stream and a time. */
export const longestIdentity = longestKey - 'TX#'.length - longestStream - '##0000000000000'.length
