import { parseArgs } from 'node:util'
import { bingx } from './bingx.ts'
import { bitrue } from './bitrue.ts'
import { completeness } from './completeness.ts'
import { console } from './console.ts'
import { exports } from './exports.ts'
import { floor } from './floor.ts'
import { load } from './load.ts'
import { memory } from './memory.ts'
import { startUp } from './start-up.ts'
import { statements } from './statements.ts'
import { store } from './store.ts'

const stories = {
  completeness,
  bingx,
  bitrue,
  floor,
  memory,
  store,
  startUp,
  exports,
  statements,
  load,
  console,
}

const { values, positionals } = parseArgs({
  options: { only: { type: 'string' } },
  strict: false,
  allowPositionals: true,
})
const understood = positionals.length === 0 && Object.keys(values).every((name) => name === 'only')
const chosen = Object.entries(stories).filter(
  ([name]) => understood && (values.only === undefined || values.only === name),
)
if (chosen.length === 0) {
  process.stderr.write(`--only takes one of ${Object.keys(stories).join(', ')}.\n`)
  process.exitCode = 2
}
for (const [, story] of chosen) for await (const part of story()) process.stdout.write(`${part}\n\n`)
