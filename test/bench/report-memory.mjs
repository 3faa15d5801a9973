// Loaded into the terminal importer by the bench, which cannot ask it otherwise: plain JavaScript, as nobody compiles it there.
import { peakMegabytes, processorSeconds } from './memory-use.mjs'

process.on('exit', () =>
  process.send?.({ peakMegabytes: peakMegabytes(), processorSeconds: processorSeconds() }),
)
