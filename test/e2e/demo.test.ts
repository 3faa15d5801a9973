import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { heldByBitmart, inTime } from '../../local/demo/bitmart.ts'
import { compareHistory, isExact } from '../../local/demo/compare.ts'
import { runDemo } from '../../local/demo/run-demo.ts'
import { fillsOf2025 } from '../../local/demo/statements.ts'
import { generateAccount as generateBingxAccount } from '../../local/simulated-bingx/account.ts'
import { generateAccount, tradingEnd } from '../../local/simulated-bitmart/account.ts'
import { capture, filesOf, surroundings, temporaryDirectory } from '../local/import-process.ts'

const closing = generateAccount({
  seed: 7,
  now: inTime,
  tradingEnds: tradingEnd,
  spotFills: 250,
  futuresFills: 30,
  ledgerRows: 40,
  withdrawals: 12,
  deposits: 9,
})
const living = generateBingxAccount({
  seed: 7,
  now: Date.now(),
  spotFills: 120,
  futuresFills: 40,
  coinFills: 6,
  ledgerRows: 90,
  deposits: 11,
  withdrawals: 8,
})
const accounts = { living, closing }

describe('the demo', () => {
  it('imports a living and a closing account twice, both at once, proves that the files are exact, leaves them, and shows what is left of the closing one today', {
    timeout: 240_000,
  }, async () => {
    const out = join(temporaryDirectory(), 'history-demo')
    const stdout = capture()
    const exitCode = await runDemo(['--out', out], { ...surroundings({}), stdout: stdout.stream }, accounts)
    const text = stdout.text()
    expect(text).toMatch(/250 spot fills/)
    expect(text).toMatch(/^BitMart │ .*: 341 new transactions in /m)
    expect(text).toMatch(/^BingX {3}│ .*: 275 new transactions in /m)
    for (const name of ['BitMart', 'BingX'])
      expect(text).toMatch(new RegExp(`^${name.padEnd(8)}│ .*: nothing new in `, 'm'))
    for (const rows of [341, 275])
      expect(text).toContain(`Exact: each of the ${rows} rows is in the file once`)
    expect(text.match(/ {2}NO$/m)).toBeNull()
    // Who comes today gets the transfers, and is told that the trades are gone.
    expect(text).toMatch(/Of the 341 rows this BitMart serves 21 today/)
    const late = await (await filesOf(join(out, 'bitmart-today'))).read('transactions.jsonl')
    expect(late.match(/"stream":"(withdrawal|deposit)"/g)).toHaveLength(21)
    // Files bring back the year before that, in the same folder: what both tell once, what the exchange contradicts not at all.
    expect(late.match(/\n/g)).toHaveLength(21 + fillsOf2025().length)
    const brought = text.slice(text.indexOf('── 5.'))
    expect(brought).toMatch(/^── 5\. Bring in what BitMart let its user download/)
    expect(brought.match(/^Stored: .* rows written/gm)).toHaveLength(2)
    expect(brought).toContain(
      'Nothing was written: the exchange shows otherwise than 1 row of it, and the rest was known already.',
    )
    const fills = fillsOf2025().length
    expect(brought).toContain(`Exact: each of the ${fills} fills of 2025 is stored as often as it happened`)
    expect(brought).toContain('The fill of which BitMart shows that it never was is not stored.')
    expect(exitCode).toBe(0)
    expect(text).not.toContain('\u001B')

    const path = join((await filesOf(join(out, 'bitmart'))).folder, 'transactions.jsonl')
    const lines = (await readFile(path, 'utf8')).split('\n')
    const exact = await compareHistory(path, heldByBitmart(closing))
    expect(exact.map(isExact)).toEqual([true, true, true, true, true])

    const spot = lines.findIndex((line) => line.includes('"stream":"spot-trade"'))
    const damages: readonly [string, (line: string) => readonly string[]][] = [
      ['a missing row', () => []],
      ['a row that is there twice', (line) => [line, line]],
      ['a digit too many in the amount', (line) => [line.replace(/"amount":"([\d.]+)"/, '"amount":"$11"')]],
      ['another digit in the raw row', (line) => [line.replace(/"createTime":(\d+)\d/, '"createTime":$10')]],
    ]
    for (const [what, damage] of damages) {
      const damaged = join(temporaryDirectory(), 'transactions.jsonl')
      await writeFile(
        damaged,
        lines.flatMap((line, index) => (index === spot ? damage(line) : [line])).join('\n'),
      )
      const [first, ...rest] = await compareHistory(damaged, heldByBitmart(closing))
      expect(first && isExact(first), what).toBe(false)
      expect(rest.map(isExact), what).toEqual([true, true, true, true])
    }
  })

  it('says what it takes', async () => {
    const [stdout, stderr] = [capture(), capture()]
    const around = { ...surroundings({}), stdout: stdout.stream, stderr: stderr.stream }
    expect(await runDemo(['--help'], around, accounts)).toBe(0)
    expect(stdout.text()).toContain('npm run demo [-- --out DIR --serve]')
    expect(await runDemo(['--fast'], around, accounts)).toBe(2)
    expect(stderr.text()).toBe('npm run demo takes nothing but --out DIR and --serve.\n')
  })
})
