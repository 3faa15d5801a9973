import { runExport } from './export/run-export.ts'
import { leave, thisProcess } from './import/this-process.ts'

await leave(await runExport(process.argv.slice(2), thisProcess()))
