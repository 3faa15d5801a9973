import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Table from 'cli-table3'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { ownerOf } from '../../lambdas/use-cases/find-connection.ts'
import { asTyped } from '../as-typed.ts'
import { localUser } from '../identity.ts'
import { runFileImport } from '../import/file/run-file-import.ts'
import { bare, unpadded } from '../import/plain-table.ts'
import { type Ended, runImport, type Surroundings } from '../import/run-import.ts'
import { count, counted } from '../import/wording.ts'
import type { SimulatedAccount as BingxAccount } from '../simulated-bingx/account.ts'
import type { SimulatedAccount as BitmartAccount } from '../simulated-bitmart/account.ts'
import { openStore } from '../terminal.ts'
import { beside, later } from './beside.ts'
import { livingAccount, showBingx } from './bingx.ts'
import { closingAccount, inTime, showBitmart } from './bitmart.ts'
import { type Comparison, compareHistory, isExact } from './compare.ts'
import type { Exhibit } from './exhibit.ts'
import { serveDemo } from './serve.ts'
import { comparedWith, fillsOf2025, writeStatements, zone } from './statements.ts'

const help = `Shows the main job against a simulated BingX, which lives, and a simulated BitMart, which closes: without a key and
without network.

npm run demo [-- --out DIR --serve]

--out DIR    where the files are left (default: ./history-demo)
--serve      shows both accounts in a browser afterwards, until Ctrl-C
--help       shows this text`

export type DemoAccounts = { readonly living: BingxAccount; readonly closing: BitmartAccount }

/** The demo, from its command line to its exit code, which is 0 only when everything is exact. */
export async function runDemo(
  argv: readonly string[],
  surroundings: Surroundings,
  accounts: DemoAccounts = { living: livingAccount(surroundings.clock()), closing: closingAccount() },
): Promise<number> {
  const isServed = argv.includes('--serve')
  const out = readOut(argv.filter((word) => word !== '--serve'))
  if (out !== undefined) return demonstrate(out, accounts, surroundings, isServed)
  const asked = argv.includes('--help')
  const stream = asked ? surroundings.stdout : surroundings.stderr
  stream.write(asked ? `${help}\n` : 'npm run demo takes nothing but --out DIR and --serve.\n')
  return asked ? 0 : 2
}

function readOut(argv: readonly string[]): string | undefined {
  const [flag, out, ...rest] = argv.flatMap((word) =>
    word.startsWith('--out=') ? ['--out', word.slice('--out='.length)] : [word],
  )
  if (flag === undefined) return 'history-demo'
  return flag === '--out' && rest.length === 0 && out ? out : undefined
}

/** An exchange that is shown, with whose eyes it is looked at, and where what comes of it is left. */
type Stand = {
  readonly exhibit: Exhibit
  readonly surroundings: Surroundings
  readonly dataDir: string
  readonly out: string
}

/**
 * Imports both accounts twice through the importer that people use, and compares what came out with what there is; then
 * shows what of the closing one somebody gets who comes today.
 */
async function demonstrate(
  out: string,
  { living, closing }: DemoAccounts,
  surroundings: Surroundings,
  isServed: boolean,
): Promise<number> {
  const { clock, stdout } = surroundings
  const say = (text: string) => stdout.write(`${text}\n`)
  const lag = clock() - inTime
  const then = { ...surroundings, clock: () => clock() - lag }
  const dataDir = await mkdtemp(join(tmpdir(), 'exchange-history-demo-'))
  const bingx = await showBingx(living, clock)
  const bitmart = await showBitmart(closing, then.clock)
  const today = await showBitmart(closing, clock)
  const stand = (exhibit: Exhibit, around: Surroundings): Stand => ({
    exhibit,
    surroundings: {
      ...around,
      stdout: beside(around.stdout, exhibit.name),
      stderr: beside(around.stderr, exhibit.name),
    },
    dataDir: join(dataDir, exhibit.id),
    out: join(out, exhibit.id),
  })
  const kept = later(stdout)
  try {
    say(introduction(bingx, bitmart))
    // Meanwhile: it is told of in its turn.
    const lateComing = importFrom({
      exhibit: today,
      surroundings: { ...surroundings, stdout: kept.screen, stderr: kept.screen },
      dataDir: join(dataDir, 'today'),
      out: join(out, 'bitmart-today'),
    })
    const inTimeEnded = await importTwice([stand(bingx, surroundings), stand(bitmart, then)], say).finally(
      () => lateComing,
    )
    if (typeof inTimeEnded === 'number') return inTimeEnded
    say(step(4, 'Today, long after BitMart’s trading has ended: import its account for the first time'))
    const late = await lateComing
    kept.show()
    if (!isWhole(late)) return late.exitCode
    say(tooLate(inTimeEnded.get(bitmart.id) ?? 0, rowsOf(late)))
    say(
      step(
        5,
        'Bring in what BitMart let its user download: two files of 2025 that overlap, by Berlin’s clock',
      ),
    )
    const isAllThere = await bringIn(join(out, 'bitmart-statements'), join(out, 'bitmart-today'), {
      ...surroundings,
      env: { ...surroundings.env, DATA_DIR: join(dataDir, 'today') },
    })
    if (!isAllThere) return 1
    if (isServed) await serveDemo([bingx, today], surroundings, dataDir)
    return 0
  } finally {
    await Promise.all([bingx, bitmart, today].map((exhibit) => exhibit.close()))
    await rm(dataDir, { recursive: true, force: true })
  }
}

/**
 * Brings both files in, and the second one once more. Whether each fill of 2025 is stored as often as it happened, and nothing else,
 * and the last upload wrote nothing.
 */
async function bringIn(directory: string, out: string, surroundings: Surroundings): Promise<boolean> {
  const { stdout } = surroundings
  const fills = fillsOf2025()
  const { files, map } = await writeStatements(directory, fills, surroundings.clock())
  const [, second = ''] = files
  for (const file of [...files, second]) {
    const words = ['--file', file, '--map', map, '--timezone', zone, '--out', out, '--yes']
    stdout.write(`\n$ npm run import -- ${words.map(asTyped).join(' ')}\n`)
    const exitCode = await runFileImport(words, surroundings)
    if (exitCode !== 0) return false
  }
  const { missing, invented } = comparedWith(fills, await spotFillsIn(surroundings))
  const isExact = missing === 0 && invented === 0
  stdout.write(
    isExact
      ? `
Exact: each of the ${counted(fills.length, 'fill')} of 2025 is stored as often as it happened, those of both files once. The third upload
wrote nothing. The fill of which BitMart shows that it never was is not stored.
`
      : `\n${count(missing)} fills of 2025 are missing, ${count(invented)} are stored that never were.\n`,
  )
  return isExact
}

async function spotFillsIn(surroundings: Surroundings): Promise<readonly Transaction[]> {
  const store = await openStore(surroundings)
  try {
    const stores = openStores(store.table)
    const rows: Transaction[] = []
    for (const connection of await stores.connections.list(localUser))
      for await (const row of stores.transactions.each(ownerOf(connection)))
        if (row.stream === 'spot-trade') rows.push(row)
    return rows
  } finally {
    await store.close()
  }
}

/** All stands at once. How many rows each brought, or an exit code when something was not as it should be. */
async function importTwice(
  stands: readonly Stand[],
  say: (text: string) => void,
): Promise<ReadonlyMap<string, number> | number> {
  say(step(1, 'Import both for the first time: BingX now, BitMart on 2026-08-26, as its trading ends'))
  const first = await Promise.all(stands.map(importFrom))
  say(step(2, 'Import both again: nothing that is known is written again'))
  const second = await Promise.all(stands.map(importFrom))
  const failed = [...first, ...second].find((ended) => !isWhole(ended))
  if (failed !== undefined) return failed.exitCode || 1

  say(step(3, 'Compare the files with what the exchanges hold, row by row'))
  let isAllExact = true
  for (const [index, { exhibit, out }] of stands.entries()) {
    const [before, after] = [first[index], second[index]]
    if (before === undefined || after === undefined) continue
    const folder = after.folder ?? out
    const comparisons = await compareHistory(join(folder, 'transactions.jsonl'), exhibit.held)
    const faults = faultsOf(comparisons, after)
    isAllExact &&= faults.length === 0
    say(`${exhibit.name}\n\n${comparisonTable(comparisons)}`)
    say(faults.length === 0 ? exact(before, after, folder) : faults.join('\n'))
  }
  if (!isAllExact) return 1
  return new Map(stands.map(({ exhibit }, index) => [exhibit.id, first[index] ? rowsOf(first[index]) : 0]))
}

/** Nothing is missing that could be had: of older time nobody can tell, and the importer says so. */
function isWhole({ run }: Ended): boolean {
  return run !== undefined && wholeStates.has(run.state)
}

const wholeStates: ReadonlySet<string> = new Set(['complete', 'unverified'])

function rowsOf({ run }: Ended): number {
  return run?.streams.reduce((sum, stream) => sum + stream.new, 0) ?? 0
}

function importFrom({ exhibit, surroundings, dataDir, out }: Stand): Promise<Ended> {
  return runImport(['--exchange', exhibit.id, '--out', out], {
    ...surroundings,
    env: { ...surroundings.env, ...exhibit.env, DATA_DIR: dataDir },
  })
}

function introduction(bingx: Exhibit, bitmart: Exhibit): string {
  const holds = (exhibit: Exhibit) => exhibit.holds.map((line) => `  ${line}`).join('\n')
  return `Two simulated exchanges answer on this computer, as strictly as their documentation says: signed calls, a few of
them a second, full pages, and only so far back. Nothing leaves this computer.

A BingX at ${bingx.url}, which lives. It shuts out for five minutes who asks too often, tells the details of a futures
fill for seven days, and does not say much of what it does: the importer is right whichever it is. Its made-up account holds

${holds(bingx)}

A BitMart at ${bitmart.url}, which closes. Its made-up account traded until BitMart’s trading ended, and holds

${holds(bitmart)}`
}

function step(number: number, title: string): string {
  const line = `── ${number}. ${title} `
  return `\n${line}${'─'.repeat(Math.max(0, 78 - line.length))}\n`
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  const table = new Table({
    head: ['', 'held', 'imported', 'sum of all amounts', 'exact'],
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const comparison of comparisons) {
    const { name, held, imported } = comparison
    const sums = [...new Set([held.sum, imported.sum])].join(' ≠ ')
    table.push([name, count(held.rows), count(imported.rows), sums, isExact(comparison) ? 'yes' : 'NO'])
  }
  return unpadded(table.toString())
}

function faultsOf(comparisons: readonly Comparison[], second: Ended): readonly string[] {
  const written = second.run?.streams.reduce((sum, stream) => sum + stream.new + stream.changed, 0) ?? 0
  return [
    ...comparisons
      .filter((comparison) => !isExact(comparison))
      .map(
        ({ name, missing, invented }) =>
          `${name}: not exact; ${count(missing)} missing, ${count(invented)} that the exchange does not hold.`,
      ),
    ...(written > 0
      ? [`The second import wrote ${counted(written, 'row')}; it should have written none.`]
      : []),
  ]
}

function exact(first: Ended, second: Ended, folder: string): string {
  return `
Exact: each of the ${counted(rowsOf(first), 'row')} is in the file once, every digit as the exchange served it.
The second import wrote nothing, with ${counted(second.run?.requests ?? 0, 'request')}.
The files stay in ${folder}; the store of this demo is gone.
`
}

function tooLate(inTime: number, today: number): string {
  return `
Of the ${counted(inTime, 'row')} this BitMart serves ${count(today)} today: fills and ledger rows are served for 90 days, as others
report of the real one, and trading ended before that. What was imported in time stays.`
}
