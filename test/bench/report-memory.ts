import { peakMegabytes } from './memory-use.ts'

/** Loaded into the terminal importer by the bench, which cannot ask it otherwise. */
export type MemoryReport = { readonly peakMegabytes: number }

process.on('exit', () => process.send?.({ peakMegabytes: peakMegabytes() } satisfies MemoryReport))
