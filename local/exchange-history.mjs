#!/usr/bin/env node
// What `npx exchange-history` runs, in a checkout and where the package is installed. Plain JavaScript, so that Node
// can read it before anything else is there.
import { register as registerHooks } from 'node:module'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 20)) {
  process.stderr.write(`Node.js 20.20 or newer is needed; this is ${process.versions.node}.\n`)
  process.exit(2)
}

const { register } = await import('tsx/esm/api')
// Not the settings of whichever project the user happens to stand in.
register({ tsconfig: false })
registerHooks('./ccxt-anywhere.mjs', import.meta.url)

const { runCommand } = await import('./command-line.ts')
await runCommand(process.argv.slice(2))
