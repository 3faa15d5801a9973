import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareHistory, isExact } from '../../local/demo/compare.ts'
import { inTime, runDemo } from '../../local/demo/run-demo.ts'
import { generateAccount, tradingEnd } from '../../local/simulated-bitmart/account.ts'
import { capture, filesOf, surroundings, temporaryDirectory } from '../local/import-process.ts'

const account = generateAccount({
  seed: 7,
  now: inTime,
  tradingEnds: tradingEnd,
  spotFills: 250,
  futuresFills: 30,
  ledgerRows: 40,
  withdrawals: 12,
  deposits: 9,
})

describe('the demo', () => {
  it('imports a made-up account twice in time, proves that the file is exact, leaves it, and shows what is left today', {
    timeout: 240_000,
  }, async () => {
    const out = join(temporaryDirectory(), 'history-demo')
    const stdout = capture()
    const exitCode = await runDemo(['--out', out], { ...surroundings({}), stdout: stdout.stream }, account)
    const text = stdout.text()
    expect(text).toMatch(/250 spot fills/)
    expect(text).toMatch(/: 341 new transactions in /)
    expect(text).toMatch(/: nothing new in /)
    expect(text).toMatch(/Exact: each of the 341 rows is in the file once/)
    // Who comes today gets the transfers, and is told that the trades are gone.
    expect(text).toMatch(/Of the 341 rows this BitMart serves 21 today/)
    const late = await (await filesOf(join(out, 'today'))).read('transactions.jsonl')
    expect(late.match(/"stream":"(withdrawal|deposit)"/g)).toHaveLength(21)
    expect(late.match(/\n/g)).toHaveLength(21)
    expect(exitCode).toBe(0)
    expect(text).not.toContain('\u001B')

    const path = join((await filesOf(join(out, 'in-time'))).folder, 'transactions.jsonl')
    const lines = (await readFile(path, 'utf8')).split('\n')
    const exact = await compareHistory(path, account)
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
      const [first, ...rest] = await compareHistory(damaged, account)
      expect(first && isExact(first), what).toBe(false)
      expect(rest.map(isExact), what).toEqual([true, true, true, true])
    }
  })

  it('says what it takes', async () => {
    const [stdout, stderr] = [capture(), capture()]
    const around = { ...surroundings({}), stdout: stdout.stream, stderr: stderr.stream }
    expect(await runDemo(['--help'], around, account)).toBe(0)
    expect(stdout.text()).toContain('npm run demo [-- --out DIR]')
    expect(await runDemo(['--fast'], around, account)).toBe(2)
    expect(stderr.text()).toBe('npm run demo takes nothing but --out DIR.\n')
  })
})
