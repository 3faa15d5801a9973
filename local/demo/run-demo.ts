import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Table from 'cli-table3'
import { hour } from '../../lambdas/domain/window.ts'
import { bare, unpadded } from '../import/plain-table.ts'
import { type Ended, runImport, type Surroundings } from '../import/run-import.ts'
import { count, counted } from '../import/wording.ts'
import { demoAccount, type SimulatedAccount, tradingEnd } from '../simulated-bitmart/account.ts'
import { demoKey } from '../simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../simulated-bitmart/server.ts'
import { type Comparison, compareHistory, isExact } from './compare.ts'

const help = `Shows the main job against a simulated BitMart, without a key and without network.

npm run demo [-- --out DIR]    DIR: where the files are left (default: ./history-demo)`

/** The demo, from its command line to its exit code, which is 0 only when everything is exact. */
export async function runDemo(
  argv: readonly string[],
  surroundings: Surroundings,
  account: SimulatedAccount = demoAccount(inTime),
): Promise<number> {
  const out = readOut(argv)
  if (out !== undefined) return demonstrate(out, account, surroundings)
  const asked = argv.includes('--help')
  const stream = asked ? surroundings.stdout : surroundings.stderr
  stream.write(asked ? `${help}\n` : 'npm run demo takes nothing but --out DIR.\n')
  return asked ? 0 : 2
}

function readOut(argv: readonly string[]): string | undefined {
  const [flag, out, ...rest] = argv.flatMap((word) =>
    word.startsWith('--out=') ? ['--out', word.slice('--out='.length)] : [word],
  )
  if (flag === undefined) return 'history-demo'
  return flag === '--out' && rest.length === 0 && out ? out : undefined
}

/** Some hours after BitMart's trading had ended, when all of it was still served. */
export const inTime = tradingEnd + 11 * hour

/**
 * Imports the account twice through the importer that people use, and compares what came out with what there is; then
 * shows what of it somebody gets who comes today.
 */
async function demonstrate(
  out: string,
  account: SimulatedAccount,
  surroundings: Surroundings,
): Promise<number> {
  const say = (text: string) => surroundings.stdout.write(`${text}\n`)
  const dataDir = await mkdtemp(join(tmpdir(), 'exchange-history-demo-'))
  try {
    const first = await importInTime(join(dataDir, 'in-time'), join(out, 'in-time'), account, surroundings)
    if (typeof first === 'number') return first
    say(step(4, 'Today: the same account, imported for the first time'))
    return await withBitmart(account, surroundings, async (bitmart) => {
      const today = await importFrom(bitmart, join(dataDir, 'today'), join(out, 'today'), surroundings)
      if (!isWhole(today)) return today.exitCode
      say(tooLate(rowsOf(first), rowsOf(today)))
      return 0
    })
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** On the last day of trading. An exit code when something was not as it should be. */
async function importInTime(
  dataDir: string,
  out: string,
  account: SimulatedAccount,
  surroundings: Surroundings,
): Promise<Ended | number> {
  const say = (text: string) => surroundings.stdout.write(`${text}\n`)
  const lag = surroundings.clock() - inTime
  const then = { ...surroundings, clock: () => surroundings.clock() - lag }
  return withBitmart(account, then, async (bitmart) => {
    say(introduction(bitmart))
    say(step(1, 'On 2026-08-26, as trading ends: import it for the first time'))
    const first = await importFrom(bitmart, dataDir, out, then)
    if (!isWhole(first)) return first.exitCode

    say(step(2, 'Import it again: nothing that is known is written again'))
    const second = await importFrom(bitmart, dataDir, out, then)
    if (!isWhole(second)) return second.exitCode

    say(step(3, 'Compare the file with what the exchange holds, row by row'))
    const folder = second.folder ?? out
    const comparisons = await compareHistory(join(folder, 'transactions.jsonl'), account)
    say(comparisonTable(comparisons))
    const faults = faultsOf(comparisons, second)
    say(faults.length === 0 ? exact(first, second, folder) : faults.join('\n'))
    return faults.length === 0 ? first : 1
  })
}

async function withBitmart<T>(
  account: SimulatedAccount,
  { clock }: Surroundings,
  use: (bitmart: SimulatedBitmart) => Promise<T>,
): Promise<T> {
  const bitmart = await startSimulatedBitmart({ account, clock })
  try {
    return await use(bitmart)
  } finally {
    await bitmart.close()
  }
}

/** Nothing is missing that could be had: of older time nobody can tell, and the importer says so. */
function isWhole({ run }: Ended): boolean {
  return run !== undefined && wholeStates.has(run.state)
}

const wholeStates: ReadonlySet<string> = new Set(['complete', 'unverified'])

function rowsOf({ run }: Ended): number {
  return run?.streams.reduce((sum, stream) => sum + stream.new, 0) ?? 0
}

function importFrom(
  { spotUrl, futuresUrl }: SimulatedBitmart,
  dataDir: string,
  out: string,
  surroundings: Surroundings,
): Promise<Ended> {
  const env = {
    ...surroundings.env,
    BITMART_SPOT_URL: spotUrl,
    BITMART_FUTURES_URL: futuresUrl,
    BITMART_API_KEY: demoKey.apiKey,
    BITMART_API_SECRET: demoKey.secret,
    BITMART_API_MEMO: demoKey.memo,
    DATA_DIR: dataDir,
  }
  return runImport(['--exchange', 'bitmart', '--out', out], { ...surroundings, env })
}

function introduction({ spotUrl, account }: SimulatedBitmart): string {
  const { spotFills, futuresFills, ledger, transfers } = account
  const crowd = busiest(spotFills.map(({ createTime }) => createTime))
  const second = busiest(futuresFills.map(({ create_time }) => Math.floor(create_time / 1_000)))
  return `A simulated BitMart answers at ${spotUrl}, as strictly as its documentation says:
signed calls, at most 200 fills in an answer, a few calls a second, fills of the last 90 days.
Nothing leaves this computer. Its made-up account traded until BitMart’s trading ended, and holds

  ${counted(spotFills.length, 'spot fill')}, ${count(crowd)} of them in one millisecond
  ${counted(futuresFills.length, 'futures fill')}, ${count(second)} of them in one second
  ${counted(ledger.length, 'futures ledger row')}, some of them alike in every field
  ${count(transfers.length)} withdrawals and deposits of two years`
}

/** How many share the same time. */
function busiest(times: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const time of times) counts.set(time, (counts.get(time) ?? 0) + 1)
  return Math.max(0, ...counts.values())
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
The files stay in ${folder}; the store of this demo is gone.`
}

function tooLate(inTime: number, today: number): string {
  return `
Of the ${counted(inTime, 'row')} this BitMart serves ${count(today)} today: fills and ledger rows are served for 90 days, as others
report of the real one, and trading ended before that. What was imported in time stays.`
}
