import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Big } from 'big.js'
import { parse } from 'csv-parse/sync'
import { nonZero } from './journal-account.ts'

/** The tools for which journals are written, as Debian packages them. */
const programs = { hledger: 'hledger', ledger: 'ledger', beancount: 'bean-check' } as const

export type Tool = keyof typeof programs

/** Whether to skip. Where everything must be shown (CI), tests of a missing tool run, and fail. */
export function isMissing(tool: Tool): boolean {
  const program = programs[tool]
  const missing = spawnSync(program, ['--version']).error !== undefined && process.env.CI !== 'true'
  if (missing) process.stderr.write(`Skipped, because ${program} is missing: ${installation}\n`)
  return missing
}

const installation = 'apt-get install hledger ledger beancount'

/** Runs a program over the file; throws with what it printed when it is not content. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  const ended = promisify(execFile)(program, args, { maxBuffer: 1 << 28 })
  const { stdout, stderr } = await ended.catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new Error(`${program} is missing: ${installation}`) : error
  })
  if (stderr !== '') throw new Error(stderr)
  return stdout
}

async function inFile<Result>(journal: string, use: (path: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'journal-'))
  try {
    const path = join(directory, 'history')
    await writeFile(path, journal)
    return await use(path)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** What a program prints about a journal. */
export function toldBy(journal: string, program: string, ...args: readonly string[]): Promise<string> {
  const hasFlag = program === 'hledger' || program === 'ledger'
  return inFile(journal, (path) => run(program, ...(hasFlag ? ['-f', path] : [path]), ...args))
}

/** What the tool's strictest check says: nothing, when it is content. */
export const accepts: Readonly<Record<Tool, (journal: string) => Promise<string>>> = {
  hledger: (journal) => inFile(journal, (path) => run('hledger', '-f', path, 'check', '--strict')),
  ledger: async (journal) => {
    await inFile(journal, (path) => run('ledger', '-f', path, '--pedantic', '--strict', 'balance'))
    return ''
  },
  beancount: (journal) => inFile(journal, (path) => run('bean-check', path)),
}

/** Accounts and coins with what the tool says they hold: `assets:bitmart:spot USDT`, the coin as it was served. */
export const balances: Readonly<Record<Tool, (journal: string) => Promise<ReadonlyMap<string, string>>>> = {
  hledger: (journal) =>
    inFile(journal, async (path) => {
      const csv = await run(
        'hledger',
        '-f',
        path,
        'balance',
        '--flat',
        '--no-total',
        '--layout=bare',
        '-O',
        'csv',
      )
      const rows = parse<{ account: string; commodity: string; balance: string }>(csv, { columns: true })
      return sumsOf(rows.map((row) => [row.account, coinOf(row.commodity), row.balance]))
    }),
  ledger: (journal) =>
    inFile(journal, async (path) => {
      const lines = (await run('ledger', '-f', path, 'balance', '--flat', '--no-total')).split('\n')
      const rows: [string, string, string][] = []
      // The account stands behind the last of its coins.
      let waiting: [string, string][] = []
      for (const line of lines) {
        const [, amount = '', quoted, bare = '', account] =
          /^ *(-?[0-9.]+) (?:("[^"]*")|(\S+))(?: {2}(\S.*))?$/.exec(line.trimEnd()) ?? []
        if (amount === '' && line !== '') throw new Error(`no balance: ${line}`)
        if (amount !== '') waiting.push([coinOf(quoted ?? bare), amount])
        if (account === undefined) continue
        rows.push(...waiting.map(([coin, held]): [string, string, string] => [account, coin, held]))
        waiting = []
      }
      return sumsOf(rows)
    }),
  beancount: (journal) =>
    inFile(journal, async (path) => {
      // Beancount is a library of the interpreter that its programs name in their first line.
      const program = (await run('sh', '-c', 'command -v bean-check')).trim()
      const python = (await readFile(program, 'utf8')).split('\n')[0]?.replace(/^#!\s*/, '') ?? 'python3'
      const rows = JSON.parse(await run(python, '-c', sumWithBeancount, path)) as [string, string, string][]
      return sumsOf(rows.map(([account, coin, amount]) => [account, unescape(coin), amount]))
    }),
}

/** Beancount's own reader, and its own sums with more than Python's 28 digits. Reading stays as it is. */
const sumWithBeancount = `
import decimal, json, sys
from beancount import loader
from beancount.core import data, inventory
entries, errors, options = loader.load_file(sys.argv[1])
assert not errors, errors
decimal.getcontext().prec = 1000
coins, held = {}, {}
for entry in entries:
    if isinstance(entry, data.Commodity):
        assert entry.currency not in coins
        coins[entry.currency] = entry.meta.get('coin', entry.currency)
    for posting in getattr(entry, 'postings', []):
        held.setdefault(posting.account, inventory.Inventory()).add_position(posting)
print(json.dumps([
    [account, coins[position.units.currency], format(position.units.number, 'f')]
    for account, positions in held.items() for position in positions]))
`

/** The name in a journal read back: without quotes, and what was escaped as it was. */
function coinOf(commodity: string): string {
  return unescape(commodity.replace(/^"(.*)"$/, '$1'))
}

function sumsOf(rows: readonly (readonly [string, string, string])[]): ReadonlyMap<string, string> {
  return nonZero(new Map(rows.map(([account, coin, amount]) => [`${account} ${coin}`, new Big(amount)])))
}
