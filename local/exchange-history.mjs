#!/usr/bin/env node
// What `npx exchange-history COMMAND` and `npm run COMMAND` run, in a checkout and where the package is installed. Plain
// JavaScript, so that Node can read it before anything else is there.
import './spare-memory.mjs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 20)) {
  process.stderr.write(`Node.js 20.20 or newer is needed; this is ${process.versions.node}.\n`)
  process.exit(2)
}

const { findProgram } = await import('../bundling/find-program.mjs')
const { tellSourceLines } = await import('../bundling/source-lines.mjs')

const program = pathToFileURL(`${findProgram()}/`).href
tellSourceLines(program, fileURLToPath(new URL('..', import.meta.url)))
const { runCommand } = await import(new URL('command-line.mjs', program).href)
await runCommand(process.argv.slice(2))
