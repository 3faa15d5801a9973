import { leave, thisProcess } from './import/this-process.ts'
import { runProbe } from './probe/run-probe.ts'

await leave(await runProbe(process.argv.slice(2), thisProcess()))
