/** The table of envelopes, as data: its one key. */
export const envelopeKey = 'ref'
