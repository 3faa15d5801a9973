import { day, minute } from '../../domain/window.ts'

/** Bitrue opened in July of that year; nothing can be older. */
const opened = Date.UTC(2018, 0, 1)

/**
 * Bitrue says of no history but one how far back it is served: of transfers of futures, the last 30 days are what is answered
 * when no time is asked for. No less is taken for certain of the others, which are said to begin with the most recent.
 */
export const documentedDepth = 30 * day

/** Each name of which there are no fills yet is asked for them once in so long. Milliseconds. */
export const turn = 7 * day

/** The same of transfers: a balance that changed makes those of its coin likely at once. */
export const turnOfTransfers = 14 * day

/** The same of forced orders: fills make those of their contract likely at once, and 30 days are documented to be shown. */
export const turnOfForced = 21 * day

/** What all lists of Bitrue have in common. Their times are whole seconds, as far as anybody saw. */
export const list = {
  reads: 'list',
  unit: 1_000,
  depth: documentedDepth,
  opened,
  settleLag: 10 * minute,
} as const

/** What has no documented depth has that of the one history that does. */
export const undocumented = { isDepthTaken: true } as const

export const unverifiedPace = {
  says: 'How quickly questions about fills may follow one another: no limit of their own is documented. The pace is ours, within the least weight a minute that was ever documented for spot, and slows down where Bitrue refuses.',
}

export const unverifiedDepth = {
  says: 'How far back rows are served: nothing is documented. 30 days, the least that is documented of any history of Bitrue, are taken for certain; older time is believed only where a row of it, or an older one, was served.',
  probe: 'reach',
}

export const unverifiedOrder = {
  says: 'Which rows a full page holds, and in which order: that they are the newest is believed only where a page of half the size holds the younger half.',
  probe: 'order',
}

export const unverifiedNames = {
  says: 'Whether the history of a name that has left the catalogue is still served: it is asked for all the same. Names that were gone before the first import cannot be found by asking; name what you traded.',
}
