import { runConnections } from './connections/run-connections.ts'
import { leave, thisProcess } from './import/this-process.ts'

await leave(await runConnections(process.argv.slice(2), thisProcess()))
