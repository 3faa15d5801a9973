import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { runConnections } from '../../local/connections/run-connections.ts'
import { runFileImport } from '../../local/import/file/run-file-import.ts'
import { runStatus } from '../../local/status/run-status.ts'
import { bingxFile, canary, unknownFile, unknownLayout } from '../api/open-import-app.ts'
import { bomb, lyingBomb } from '../statements/files.ts'
import { capture, surroundings, temporaryDirectory } from './import-process.ts'

/** A computer with one file on it, and who sits at its terminal: nobody, or somebody who types these lines one by one. */
async function computer(content: string | Uint8Array, typed?: readonly string[]) {
  const directory = temporaryDirectory()
  const path = join(directory, 'statement.csv')
  await writeFile(path, content)
  const map = join(directory, 'mapping.json')
  await writeFile(map, JSON.stringify(unknownLayout))
  const env = { DATA_DIR: join(directory, '.data') }

  async function bring(...words: readonly string[]) {
    const isTTY = typed !== undefined
    const [stdout, stderr] = [capture({ isTTY, columns: 300 }), capture({ isTTY })]
    const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => stdin })
    const lines = [...(typed ?? [])]
    const answering = setInterval(() => {
      // One answer for each question, once it stands there.
      const waits = stripVTControlCharacters(stdout.text()).endsWith(': ')
      if (!waits) return
      const next = lines.shift()
      if (next === undefined) stdin.end()
      else stdin.write(`${next}\n`)
    }, 5)
    const around = {
      ...surroundings(env),
      stdin: stdin as unknown as NodeJS.ReadStream,
      stdout: stdout.stream,
      stderr: stderr.stream,
    }
    const exitCode = await runFileImport(['--file', path, ...words], around).finally(() =>
      clearInterval(answering),
    )
    return { exitCode, stdout: stdout.text(), stderr: stderr.text(), left: lines.length }
  }

  async function connections(...words: readonly string[]) {
    const [stdout, stderr] = [capture(), capture()]
    const around = { ...surroundings(env), stdout: stdout.stream, stderr: stderr.stream }
    const exitCode = await runConnections(words, around)
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
  }
  async function status() {
    const [stdout, stderr] = [capture(), capture()]
    await runStatus([], { ...surroundings(env), stdout: stdout.stream, stderr: stderr.stream })
    return stdout.text()
  }
  return { path, map, bring, connections, status }
}

const berlin = ['--timezone', 'Europe/Berlin', '--date-order', 'day-first', '--decimal', 'comma']

describe('a statement file at the terminal', () => {
  it('is shown, stored once, known the second time, listed and taken back', async () => {
    const { bring, connections } = await computer(bingxFile)
    const preview = await bring('--exchange', 'bingx', '--preview')
    expect(preview).toMatchObject({ exitCode: 0, stderr: '' })
    expect(preview.stdout).toMatch(/Read as +BingX, spot orders/)
    expect(preview.stdout).toMatch(/Spot fills +3 +0 +0 +0/)
    expect(preview.stdout).toContain('A preview: nothing is stored.')
    expect((await connections('files')).stdout).toContain('No statement file was brought in yet')

    const stored = await bring('--exchange', 'bingx', '--yes')
    expect([stored.exitCode, stored.stdout]).toEqual([0, expect.stringContaining('Stored: 3 rows written.')])
    // Only one account can be meant by now.
    const again = await bring('--yes', '--json')
    expect(again.stderr).toContain('Everything in it was known already: nothing was written.')
    expect(JSON.parse(again.stdout)).toMatchObject({
      plan: { streams: [{ new: 0, known: 3 }] },
      written: 0,
      removed: 0,
    })
    expect((await connections('files')).stdout).toMatch(
      /^[0-9a-f]{12} {2}2\d{3}-\d\d-\d\d {2}stored {2}.*statement\.csv {2}3 rows\n$/,
    )
    const gone = await connections('take-back', 'statement.csv', '--json')
    expect(JSON.parse(gone.stdout)).toMatchObject({ removed: 3, written: 0 })
    expect((await connections('take-back', 'nothing')).stderr).toContain('is called “nothing”')
  })

  it('is not stored where nobody said so, and each question is an error that names the option which answers it', async () => {
    const { bring, map, connections } = await computer(unknownFile)
    expect(await bring()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--exchange NAME') })
    const steps: readonly [readonly string[], string][] = [
      [[], 'add --map FILE with what they mean, which may begin as {"granularity":"fill"'],
      [['--map', map], 'add --date-order day-first or --date-order month-first'],
      [['--map', map], 'add --decimal point or --decimal comma'],
      [['--map', map], 'Add --timezone.'],
      [['--map', map, ...berlin], 'Nothing was stored: add --yes to store it.'],
    ]
    for (const [words, sentence] of steps) {
      const ended = await bring('--exchange', 'bitmart', ...words)
      expect([ended.exitCode, ended.stderr], sentence).toEqual([2, expect.stringContaining(sentence)])
    }
    expect((await connections('files')).stdout).toContain('No statement file was brought in yet')
    const stored = await bring('--exchange', 'bitmart', '--map', map, ...berlin, '--whole', '--yes')
    expect([stored.exitCode, stored.stderr]).toEqual([0, ''])
    expect(stored.stdout).toMatch(
      /From +2025-04-03 10:00:00 UTC \(the file says 2025-04-03 12:00:00, line 2\)/,
    )
    expect(stored.stdout).toContain('is attested by a file, of which its owner says that it is whole')
    expect(stored.stdout).toContain('Stored: 2 rows written.')
  })

  it('is asked about step by step, the likely answer first, until it can be read', async () => {
    const { bring } = await computer(unknownFile, [
      // A fill; its time, its side, its pair and what parts it, its amount; that there is no price; nothing else is there; its two words.
      ...['wrong', '1', '', '', '', '', '', '7', '', '', '', '', '', '', ''],
      // That was not enough: all the same as before, but for the price.
      ...['', '', '', '', '', '', '4', '', '', '', '', ''],
      // What its two words mean, dates, both decimal signs, the zone, and yes.
      ...['', '', '1', '2', '2', 'Nowhere', 'Europe/Berlin', '1'],
    ])
    const { exitCode, stdout, stderr } = await bring('--exchange', 'bitmart')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('What is a row of it?')
    expect(stdout).toMatch(/Zeit: 03\.04\.2025 12:00:00 \| 04\.05\.2025 13:00:00/)
    expect(stdout).toContain('What stands between the two coins of a pair? It has BTC_USDT.')
    expect(stdout).toMatch(/That is not enough yet:\n +Which column has the price/)
    expect(stdout).toContain('“Nowhere” is no time zone that is known here.')
    expect(stdout).toMatch(/Coins +BTC, USDT\n/)
    expect(stdout).not.toContain('Note:')
    expect(stdout).toContain('Stored: 2 rows written.')
  })

  it('whose pairs nobody can part is stored with a note that no tax file will have its rows, or with two columns of coins', async () => {
    const glued = unknownFile
      .replaceAll('BTC_USDT', 'BTCUSDT')
      .replace('Notiz', 'Coin')
      .replaceAll(canary, 'BTC')
    const fill = ['1', '', '']
    // Nothing stands between; no column of coins; price, amount, and the rest of the questions.
    const rest = ['', '', '', '', '', '', '', '', '', '1', '2', '2', 'UTC', '2']
    const without = await (await computer(glued, [...fill, '2', '', '7', '7', ...rest])).bring(
      '--exchange',
      'bitmart',
    )
    expect(without.stdout).toMatch(/Note: Nothing says which two coins were traded in 2 rows, as of BTCUSDT/)
    const { stdout } = await (
      await computer(glued.replaceAll('BTCUSDT', 'USDT'), [...fill, '7', '6', '2', ...rest])
    ).bring('--exchange', 'bitmart')
    expect(stdout).toMatch(/Coins +BTC, USDT\n/)
    expect(stdout).not.toContain('Note:')
  })

  it('is of one account: another of that exchange is made where its owner says so, and no file is stored for two', async () => {
    const { path, bring, connections, status } = await computer(bingxFile)
    const one = await bring('--exchange', 'bingx', '--label', 'Savings', '--whole', '--yes')
    expect(one.stdout).toMatch(/Account +BingX Savings\n/)
    expect(one.stdout).toContain('npm run export writes the history to a file.')
    const beside = await bring('--exchange', 'bingx', '--yes')
    expect([beside.exitCode, beside.stderr]).toEqual([
      2,
      expect.stringMatching(/Savings of BingX is here already.*--connection NAME.*--new-account/),
    ])
    const twice = await bring('--exchange', 'bingx', '--new-account', '--yes')
    expect([twice.exitCode, twice.stderr]).toEqual([
      2,
      expect.stringContaining('is stored already for the connection “Savings”'),
    ])
    // Nothing is left of either; what is there tells how much of it files tell, and of which time, and nobody is told to import.
    const told = await status()
    expect(told).toMatch(/^BingX Savings, of statement files only\n/)
    expect(told).toMatch(
      /files +1 statement file; they tell of 2026-01-07 to 2026-02-07\n +Spot fills: 3 rows\n/,
    )
    expect(told).toContain('Spot fills: 2026-01-07 11:35 to 2026-02-07 11:35 UTC is attested by a file')
    expect(told).not.toMatch(/last run|Come back|Import now/)

    await writeFile(path, bingxFile.replaceAll('200', '300'))
    expect(await bring('--exchange', 'bingx', '--label', 'Other', '--new-account', '--yes')).toMatchObject({
      exitCode: 0,
    })
    expect((await connections('take-back', 'statement.csv')).stderr).toMatch(
      /may be any of [0-9a-f]{12} of Other and [0-9a-f]{12} of Savings/,
    )
    expect((await connections('take-back', 'statement.csv', 'savings')).stdout).toContain('3 rows that only')
    expect((await connections('files', 'savings')).stdout).toContain('taken back')
    expect((await connections('files', 'other')).stdout).toContain('stored')
  })

  it('of an exchange whose account is here is asked about where somebody sits', async () => {
    const { bring } = await computer(bingxFile, ['1', '2'])
    await bring('--exchange', 'bingx', '--label', 'Savings', '--yes')
    const { stdout } = await bring('--exchange', 'bingx')
    expect(stdout).toMatch(
      /Accounts of BingX are here already\. Whose file is it\?\n +1 +Savings\n +2 +another account/,
    )
    expect(stdout).toMatch(/Account +BingX Savings\n/)
  })

  it.each([
    ['HTML that is called .xls', '<!doctype html><html></html>', 'is a web page and no statement'],
    ['an encrypted workbook', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), 'or one with a password'],
    ['a bomb of 2 kB', bomb(), 'larger than 256 MB'],
    ['a bomb of 2 kB that lies', lyingBomb(), 'is damaged'],
    ['an empty file', '', 'is empty: download it again'],
    ['a header alone', bingxFile.split('\n')[0] ?? '', 'has a header and no row beneath it'],
    [
      'a cell that cannot be read',
      bingxFile.replace('0.05,1000', '0.05,a lot'),
      'One cell of statement.csv cannot be read',
    ],
  ])('%s is refused with one sentence, exit code 2, and nothing stored', async (_what, content, sentence) => {
    const { bring, connections } = await computer(content)
    const { exitCode, stdout, stderr } = await bring('--exchange', 'bingx', '--yes', '--json')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(sentence)])
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toHaveProperty('error')
    expect((await connections('files')).stdout).toContain('No statement file was brought in yet')
  })

  it('of another account or another exchange is refused with one sentence, and what is stored stays', async () => {
    const { bring, path, connections } = await computer(bingxFile)
    await bring('--exchange', 'bingx', '--label', 'Savings', '--yes')
    await writeFile(path, bingxFile.replaceAll('\n77,', '\n78,'))
    const other = await bring('--connection', 'savings', '--yes')
    expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining('its UID is another')])
    const elsewhere = await bring('--exchange', 'bitmart', '--yes')
    expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([2, expect.stringContaining('is of BingX')])
    expect((await connections('files')).stdout.match(/\n/g)).toHaveLength(1)
  })

  it('says what is wrong with a command line', async () => {
    const { bring, path } = await computer(bingxFile)
    const cases: readonly [readonly string[], string][] = [
      [['--exchange', 'nowhere'], 'known: bitmart, bingx, bitrue'],
      [['--exchange', 'bingx', '--connection', 'x'], 'give one of them'],
      [['--label', 'x'], '--label goes with --exchange'],
      [['--new-account'], '--new-account goes with --exchange'],
      [['--timezone', 'Mars/X'], '--timezone “Mars/X” is no time zone that is known here'],
      [['--preview', '--yes'], 'give one of them'],
      [['--date-order', 'any'], 'day-first or month-first'],
      [['--decimal', ','], 'point or comma'],
      [['--map', path], 'is no JSON'],
      [['--map', '/nowhere/at/all'], 'cannot be read (ENOENT)'],
    ]
    for (const [words, sentence] of cases) {
      const ended = await bring(...words)
      expect([ended.exitCode, ended.stderr], words.join(' ')).toEqual([2, expect.stringContaining(sentence)])
    }
    expect((await bring('--help')).stdout).toContain('npm run import -- --file FILE [options]')
  })
})
