import { runHurried, withSimulator } from './children.ts'
import { table, whole } from './table.ts'
import { importInTerminal } from './terminal-import.ts'

const most = 256
const recipe = { spotFills: 100_000 }

/** The memory of the importing process for a very large account. */
export async function* memory(): AsyncGenerator<string> {
  const terminal = await withSimulator({ recipe, now: Date.now(), options: {} }, importInTerminal)
  const withoutLimits = { recipe, now: Date.now(), options: { enforceLimits: false } }
  const hurried = await withSimulator(withoutLimits, (url) => runHurried({ url }))
  const rows = [
    { what: '`npm run import`, files written', ...terminal.result },
    { what: 'engine and store, no limits', ...hurried.result },
  ]
  yield `## Memory

The first import of ${whole(recipe.spotFills)} spot fills. Memory is the resident set of the importing process at its
largest: Node and the mapped files of the store included. At most ${most} MB is promised.

${table(
  ['', 'rows', 'time', 'rows/s', 'peak memory', `≤ ${most} MB`],
  rows.map(({ what, rows, seconds, peakMegabytes }) => [
    what,
    whole(rows),
    `${seconds.toFixed(1)} s`,
    whole(rows / seconds),
    `${whole(peakMegabytes)} MB`,
    peakMegabytes <= most ? 'yes' : 'NO',
  ]),
)}`
}
