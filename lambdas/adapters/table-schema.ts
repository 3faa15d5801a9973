/**
 * The one table, as data: the stack that creates it in the cloud and the embedded store on a laptop both read
 * it here. S is a string, N a number.
 */
export const tableSchema = {
  partitionKey: { name: 'PK', type: 'S' },
  sortKey: { name: 'SK', type: 'S' },
  /** Sparse: only an item that carries both attributes, a connection due for a sync, is in it. */
  dueIndex: {
    name: 'due',
    partitionKey: { name: 'dueShard', type: 'S' },
    /** Epoch milliseconds of the next sync. */
    sortKey: { name: 'dueAt', type: 'N' },
  },
  /** Epoch seconds, as DynamoDB wants it: after it a run is forgotten. The embedded store keeps all. */
  timeToLive: 'expiresAt',
} as const

/** The table of envelopes: each is found by its reference, and by nothing else. */
export const envelopeKey = 'ref'
