import { runImport } from './import/run-import.ts'
import { leave, thisProcess } from './import/this-process.ts'

const { exitCode } = await runImport(process.argv.slice(2), thisProcess())
await leave(exitCode)
