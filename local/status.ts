import { leave, thisProcess } from './import/this-process.ts'
import { runStatus } from './status/run-status.ts'

await leave(await runStatus(process.argv.slice(2), thisProcess()))
