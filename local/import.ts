import { runFileImport } from './import/file/run-file-import.ts'
import { runImport } from './import/run-import.ts'
import { leave, thisProcess } from './import/this-process.ts'

const words = process.argv.slice(2)
const isFile = words.some((word) => word === '--file' || word.startsWith('--file='))
await leave(
  isFile ? await runFileImport(words, thisProcess()) : (await runImport(words, thisProcess())).exitCode,
)
