import { runDemo } from './demo/run-demo.ts'
import { leave, thisProcess } from './import/this-process.ts'

await leave(await runDemo(process.argv.slice(2), thisProcess()))
