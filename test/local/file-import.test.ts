import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openStores } from '../../lambdas/adapters/stores.ts'
import { addStatementFile, keepContent } from '../../lambdas/use-cases/add-statement-file.ts'
import { openKeyless } from '../../lambdas/use-cases/open-keyless.ts'
import { runConnections } from '../../local/connections/run-connections.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { exampleMapping } from '../../local/import/file/mapping-help.ts'
import { runFileImport } from '../../local/import/file/run-file-import.ts'
import { statementHome } from '../../local/statement-home.ts'
import { runStatus } from '../../local/status/run-status.ts'
import { bingxFile, canary, unknownFile, unknownLayout } from '../api/open-import-app.ts'
import { bomb, lyingBomb, zipOf } from '../statements/files.ts'
import { capture, surroundings, temporaryDirectory } from './import-process.ts'

/** A computer with one file on it, and who sits at its terminal: nobody, or somebody who types these lines one by one. */
async function computer(
  content: string | Uint8Array,
  typed?: readonly string[],
  whenAsked: (path: string) => void = () => undefined,
) {
  const directory = temporaryDirectory()
  const path = join(directory, 'statement.csv')
  await writeFile(path, content)
  const map = join(directory, 'mapping.json')
  await writeFile(map, JSON.stringify(unknownLayout))
  const env = { DATA_DIR: join(directory, '.data') }
  const out = join(directory, 'history')
  /** What was kept of files when each question was asked. */
  const keptMeanwhile: boolean[] = []

  async function bring(...words: readonly string[]) {
    const isTTY = typed !== undefined
    const [stdout, stderr] = [capture({ isTTY, columns: 300 }), capture({ isTTY })]
    const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => stdin })
    const lines = [...(typed ?? [])]
    const answering = setInterval(() => {
      // One answer for each question, once it stands there.
      const waits = stripVTControlCharacters(stdout.text()).endsWith(': ')
      if (!waits) return
      keptMeanwhile.push(existsSync(join(env.DATA_DIR, 'statements')))
      whenAsked(path)
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
    const exitCode = await runFileImport(['--file', path, '--out', out, ...words], around).finally(() =>
      clearInterval(answering),
    )
    return { exitCode, stdout: stdout.text(), stderr: stderr.text(), left: lines.length }
  }

  async function connections(...words: readonly string[]) {
    const [stdout, stderr] = [capture(), capture()]
    const around = { ...surroundings(env), stdout: stdout.stream, stderr: stderr.stream }
    const [what] = words
    const exitCode = await runConnections(what === 'take-back' ? [...words, '--out', out] : words, around)
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
  }
  async function status() {
    const [stdout, stderr] = [capture(), capture()]
    await runStatus([], { ...surroundings(env), stdout: stdout.stream, stderr: stderr.stream })
    return stdout.text()
  }
  /** The only folder of an account. */
  async function history(name: string) {
    const [folder = ''] = await readdir(out)
    return readFile(join(out, folder, name), 'utf8')
  }
  return { directory, env, path, map, out, keptMeanwhile, bring, connections, status, history }
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
    expect(stored.stdout.replaceAll(/\s+/g, ' ')).toContain(
      '3 transactions, 3 of them from statement files alone, is in',
    )
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
      [['--map', map], 'Add --timezone ZONE.'],
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
      /From +2025-04-03 10:00:00 UTC \(the file says 03\.04\.2025 12:00:00, line 2\)/,
    )
    expect(stored.stdout).toContain('is attested by a file, of which its owner says that it is whole')
    expect(stored.stdout).toContain('Stored: 2 rows written.')
  })

  it('is asked about step by step, the likely answer first, until it can be read', async () => {
    const { bring } = await computer(unknownFile, [
      // A fill; its time, its side, its pair and what parts it, its amount; that there is no price; nothing else is there; its two words.
      ...['wrong', '1', '', '?', '', '', '', '', '7', '', '', '', '', '', '', ''],
      // That was not enough: all the same as before, but for the price.
      ...['', '', '', '', '', '', '4', '', '', '', '', ''],
      // What its two words mean, dates, both decimal signs, the zone, and yes.
      ...['', '', '1', '2', '2', 'Nowhere', 'Europe/Berlin', '1'],
    ])
    const { exitCode, stdout, stderr } = await bring('--exchange', 'bitmart')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('What is a row of it?')
    // Once for each time that they are to be told, and once more for whoever asks, with what was said of them.
    expect(stdout.match(/\n +1 {2}Zeit: 03\.04\.2025 12:00:00 \| 04\.05\.2025 13:00:00/g)).toHaveLength(3)
    expect(stdout).toMatch(/ +1 {2}Zeit: .*\(the time\)\n/)
    expect(stdout).toContain('Which column has the pair? It looks like Markt: BTC_USDT.')
    expect(stdout).toContain('What stands between the two coins of a pair? It has BTC_USDT.')
    expect(stdout).toMatch(/That is not enough yet:\n +Which column has the price/)
    expect(stdout).toContain('“Nowhere” is no time zone that is known here: give one like UTC')
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
    expect(one.stdout).toMatch(/Account +BingX Savings, from files\n/)
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
    expect(told).toMatch(/^BingX Savings, from files\n/)
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

  it('of another account than those that are here never gets into one of them, whatever that one is called', async () => {
    const { path, bring, connections, status } = await computer(bingxFile)
    await bring('--exchange', 'bingx', '--yes')
    await writeFile(path, bingxFile.replaceAll('200', '300'))
    const second = await bring('--exchange', 'bingx', '--new-account', '--yes')
    expect([second.exitCode, second.stderr]).toEqual([0, ''])
    expect(second.stdout).toMatch(/Account +BingX Account 2, from files\n/)
    await writeFile(path, bingxFile.replaceAll('200', '400'))
    const named = await bring('--exchange', 'bingx', '--label', 'account 2', '--new-account', '--yes')
    expect(named.stdout).toMatch(/Account +BingX account 2 2, from files\n/)
    expect((await connections('files', 'Account 2')).stdout.match(/stored/g)).toHaveLength(1)
    expect((await status()).match(/Spot fills: 3 rows/g)).toHaveLength(3)
    // By its name it is met again.
    await writeFile(path, bingxFile.replaceAll('200', '500'))
    const again = await bring('--exchange', 'bingx', '--label', 'Account 2', '--preview')
    expect(again.stdout).toMatch(/Account +BingX Account 2, from files\n/)
  })

  it('of an exchange whose account is here is asked about where somebody sits', async () => {
    const { bring } = await computer(bingxFile, ['1', '2'])
    await bring('--exchange', 'bingx', '--label', 'Savings', '--yes')
    const { stdout } = await bring('--exchange', 'bingx')
    expect(stdout).toMatch(
      /Accounts of BingX are here already\. Whose file is it\?\n +1 +Savings\n +2 +another account/,
    )
    expect(stdout).toMatch(/Account +BingX Savings, from files\n/)
  })

  it('is written to the files of its account, with what it attests, and gone from them when it is taken back', async () => {
    const { bring, connections, history } = await computer(bingxFile)
    const { stdout } = await bring('--exchange', 'bingx', '--whole', '--yes', '--json')
    const { folder, files, plan } = JSON.parse(stdout)
    expect(folder).toMatch(/history\/bingx-[0-9a-f]{12}$/)
    expect(files).toEqual(
      ['transactions.jsonl', 'transactions.csv', 'coverage.json'].map((name) => join(folder, name)),
    )
    // What the preview says of time is told to programs as well.
    expect(plan).toMatchObject({
      attested: [
        {
          stream: 'spot-trade',
          by: 'owner',
          from: '2026-01-07T11:35:35.000Z',
          sentence: expect.stringContaining('is attested by a file'),
        },
      ],
      withdrawn: [],
      streams: [{ title: 'Spot fills', new: 3 }],
    })
    expect((await history('transactions.csv')).match(/2026-0[12]-07T/g)).toHaveLength(3)
    expect(JSON.parse(await history('coverage.json'))).toMatchObject({
      attested: [{ stream: 'spot-trade', by: 'owner' }],
    })
    const gone = await connections('take-back', 'statement.csv')
    expect(gone.stdout).toMatch(/are gone\. All that is known of this account, 0 transactions, is in /)
    expect(await history('transactions.jsonl')).toBe('')
  })

  it('is stored although its account has no folder that can be written, and both are said', async () => {
    const { bring, connections, out } = await computer(bingxFile)
    await bring('--exchange', 'bingx', '--preview')
    await mkdir(out)
    await writeFile(join(out, 'bingx-c44e05221211'), 'in the way')
    const ended = await bring('--exchange', 'bingx', '--yes', '--json')
    expect([ended.exitCode, ended.stderr]).toEqual([
      2,
      expect.stringMatching(
        /That is stored, but the files of the account could not be written to .*EEXIST|ENOTDIR/,
      ),
    ])
    expect(JSON.parse(ended.stdout)).toMatchObject({ written: 3, error: { code: 'files-not-written' } })
    expect((await connections('files')).stdout).toContain('3 rows')
  })

  it('of which nothing is stored leaves nothing while its owner is asked, and none of it where he goes away', async () => {
    const { bring, keptMeanwhile, connections, status, directory } = await computer(unknownFile, [
      '1',
      '',
      '',
    ])
    const ended = await bring('--exchange', 'bitmart', '--label', 'BM')
    expect([ended.exitCode, ended.stderr]).toEqual([130, 'Interrupted: nothing was stored.\n'])
    expect(keptMeanwhile).toEqual([false, false, false, false])
    expect((await connections('files')).stdout).toContain('No statement file was brought in yet')
    expect(await status()).toBe('')
    expect(await readdir(directory)).not.toContain('history')
  })

  it('that is another one by the time it is to be stored is refused, and nothing of either is stored', async () => {
    const { bring, connections, status } = await computer(bingxFile, ['yes'], (path) =>
      writeFileSync(path, bingxFile.replace('0.1', '0.2')),
    )
    const { exitCode, stderr } = await bring('--exchange', 'bingx')
    expect(exitCode).toBe(2)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'is not statement.csv as it was announced: choose the file once more.',
    )
    expect((await connections('files')).stdout).toContain('No statement file was brought in yet')
    expect(await status()).toBe('')
  })

  it('that waits to be stored is removed by name, with the account that was opened for it, and none that is stored', async () => {
    const { env, bring, connections } = await computer(bingxFile)
    await bring('--exchange', 'bingx', '--label', 'Savings', '--yes')
    const store = await openEmbeddedStore({ dataDir: env.DATA_DIR })
    const home = statementHome(store.table, { env, clock: () => 1 })
    const account = await openKeyless(home, { user: 'local', exchange: 'bitmart' })
    const bytes = new TextEncoder().encode(unknownFile)
    const announced = { name: 'left.csv', bytes: bytes.length, sha256: home.digestOf(bytes) }
    const { file } = await addStatementFile(home, 'local', account.id, announced)
    await keepContent(home, 'local', account.id, file.id, bytes)
    await store.close()
    expect((await connections('files')).stdout).toMatch(
      /not stored {2}from files \([0-9a-f]{12}\) {2}left\.csv/,
    )
    expect((await connections('take-back', 'left.csv')).stdout).toMatch(
      /To remove it: npm run connections -- forget/,
    )
    expect((await connections('forget', 'left.csv')).stdout).toBe(
      'Done: left.csv is removed. Nothing of it was part of the history.\n',
    )
    expect((await connections('files')).stdout).not.toContain('left.csv')
    expect((await connections('files', account.id.slice(0, 12))).stderr).toContain('No account is called')
    expect((await connections('forget', 'statement.csv')).stderr).toContain('take it back first')
    await connections('take-back', 'statement.csv')
    expect((await connections('forget', 'statement.csv')).exitCode).toBe(0)
    // Rows of it were stored once: its account stays.
    expect((await connections('files', 'savings')).stdout).toContain('No statement file')
  })

  it('of which nothing can be read leaves no account, here or where another was begun for one', async () => {
    const { env, bring, connections, status } = await computer(bingxFile)
    const store = await openEmbeddedStore({ dataDir: env.DATA_DIR })
    const home = statementHome(store.table, { env, clock: () => 1 })
    const account = await openKeyless(home, { user: 'local', exchange: 'bitmart' })
    const announced = { name: 'lost.csv', bytes: 9, sha256: 'a'.repeat(64) }
    await addStatementFile(home, 'local', account.id, announced)
    await store.close()
    expect(await status()).toBe('')
    // It is nobody's only account, and asked about by nobody.
    const refused = await bring('--json')
    expect(refused.stderr).toContain('Say whose file it is: --exchange NAME')
    expect((await bring('--exchange', 'bitmart', '--yes')).stderr).toContain('of BingX')
    expect(await status()).toBe('')
    expect((await bring('--exchange', 'bingx', '--yes')).exitCode).toBe(0)
    expect(await status()).toContain('BingX')
    expect(await status()).not.toContain('BitMart')
    expect((await connections('forget', 'lost.csv')).exitCode).toBe(0)
    expect((await connections('files', account.id.slice(0, 12))).stderr).toContain('No account is called')
  })

  it('is listed while another process has the store', async () => {
    const { env, bring, connections } = await computer(bingxFile)
    await bring('--exchange', 'bingx', '--yes')
    const store = await openEmbeddedStore({ dataDir: env.DATA_DIR })
    const listed = await connections('files').finally(() => store.close())
    expect(listed).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('stored'),
      stderr: expect.stringContaining('another process is at work on this store'),
    })
  })

  it('is stored, and taken back, at once after a process was killed that held its account', async () => {
    const { env, bring, connections } = await computer(bingxFile)
    await bring('--exchange', 'bingx', '--yes')
    const heldByTheDead = async () => {
      const store = await openEmbeddedStore({ dataDir: env.DATA_DIR })
      const stores = openStores(store.table)
      const [connection] = await stores.connections.list('local')
      const owner = { user: 'local', connection: connection?.id ?? '' }
      expect(await stores.lease.acquire(owner, 'killed', surroundings(env).clock(), 60_000)).toBeDefined()
      await store.close()
    }
    await heldByTheDead()
    expect(await connections('take-back', 'statement.csv')).toMatchObject({ exitCode: 0, stderr: '' })
    await heldByTheDead()
    expect(await bring('--yes')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Stored: 3 rows written.'),
    })
  })

  it.each(['yes', 'Y', '', '1'])('is stored by the answer “%s”', async (answer) => {
    const { bring } = await computer(bingxFile, [answer])
    const { stdout } = await bring('--exchange', 'bingx')
    expect(stdout).toContain('Stored: 3 rows written.')
  })

  it.each(['no', 'n', '2'])('is not stored by the answer “%s”', async (answer) => {
    const { bring } = await computer(bingxFile, ['perhaps', answer])
    const { exitCode, stdout, stderr } = await bring('--exchange', 'bingx')
    expect([exitCode, stderr]).toEqual([2, 'Nothing was stored.\n'])
    expect(stdout).toContain('Type a number from 1 to 2.')
  })

  it('writes down what was said of its columns, dates and numbers, for where nobody can be asked', async () => {
    const said = [
      '1',
      '',
      '',
      '',
      '',
      '',
      '4',
      '',
      '',
      '',
      '',
      '',
      '',
      '',
      '1',
      '2',
      '2',
      'Europe/Berlin',
      '1',
    ]
    const { bring, directory } = await computer(unknownFile, said)
    const saved = join(directory, 'saved.json')
    const first = await bring('--exchange', 'bitmart', '--save-map', saved)
    expect([first.exitCode, first.stdout]).toEqual([0, expect.stringContaining('Stored: 2 rows written.')])
    expect(first.stdout).not.toContain('--save-map FILE writes')
    // Nothing of what holds where nothing is said.
    expect(JSON.parse(await readFile(saved, 'utf8'))).toEqual({
      ...unknownLayout,
      dateOrder: 'day-first',
      decimalSign: ',',
    })
    const again = await bring('--exchange', 'bitmart', '--preview')
    expect(again.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'use that: a row is a fill of spot trading; Zeit the time; Markt the pair; Menge the amount; Kurs the price; ' +
        '“Kauf” in Richtung bought; “Verkauf” in Richtung sold; symbol {"split":"_","join":"_"} 2 say it anew',
    )
    expect(again.stdout).toContain('A preview: nothing is stored.')
    const other = await computer(unknownFile)
    const words = ['--exchange', 'bitmart', '--map', saved, '--timezone', 'Europe/Berlin', '--yes']
    expect(await other.bring(...words)).toMatchObject({ exitCode: 0, stderr: '' })
    for (const [more, sentence] of [
      [['--map', other.map, '--save-map', saved], 'is there already'],
      [
        ['--map', other.map, ...berlin, '--save-map', join(directory, 'no', 'x')],
        'cannot be written (ENOENT)',
      ],
    ] as const)
      expect((await other.bring(...more)).stderr, sentence).toContain(
        more.includes(saved)
          ? '--save-map writes what --map says already'
          : '--save-map writes what --map says',
      )
  })

  it('writes down what is known of a header, and reads it as its owner says where he says otherwise', async () => {
    const { bring, directory } = await computer(bingxFile)
    const saved = join(directory, 'known.json')
    expect((await bring('--exchange', 'bingx', '--preview', '--save-map', saved)).exitCode).toBe(0)
    const known = JSON.parse(await readFile(saved, 'utf8'))
    expect(known).toMatchObject({ time: 'Time(UTC)', columns: { symbol: 'Pair' } })
    const as = async (mapping: object) => {
      const map = join(directory, 'said.json')
      await writeFile(map, JSON.stringify(mapping))
      return bring('--exchange', 'bingx', '--preview', '--json', '--map', map)
    }
    const right = await as(known)
    expect([right.exitCode, JSON.parse(right.stdout).notes]).toEqual([0, []])
    expect(right.stderr).toContain('BingX, spot orders, columns as you named them')
    const { symbol: _unsaid, ...without } = known
    expect(JSON.parse((await as(without)).stdout).notes).toEqual([
      expect.stringMatching(/^Nothing says which two coins were traded/),
    ])
    const wrong = await as({ ...known, time: 'When' })
    expect(wrong).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /There is no column “When”\. Its columns are “UID”, “Order No\.”, .*: say in \S+said\.json what these mean.* leave --map out/s,
      ),
    })
    const columns = { symbol: 'Markt', price: 'Kurs', amount: 'Menge' }
    expect((await as({ ...known, columns })).stderr.replaceAll(/\s+/g, ' ')).toContain(
      'There are no columns “Markt”, “Kurs”, “Menge”.',
    )
  })

  it('of a known header is read by what its owner says of a word that nobody here knows, or of a time that could not be read', async () => {
    const odd = bingxFile.replace('Sell', 'Frobnicate')
    const { bring, directory, path } = await computer(odd)
    const saved = join(directory, 'known.json')
    const shown = await bring('--exchange', 'bingx', '--preview', '--save-map', saved)
    expect([shown.exitCode, shown.stdout]).toEqual([0, expect.stringContaining('“Frobnicate”: 1')])
    expect(shown.stdout).toContain('--map FILE reads it again')
    const known = JSON.parse(await readFile(saved, 'utf8'))
    const map = join(directory, 'said.json')
    const as = async (mapping: object) => {
      await writeFile(map, JSON.stringify(mapping))
      return bring('--exchange', 'bingx', '--preview', '--json', '--map', map)
    }
    const asked = await as(known)
    expect([asked.exitCode, asked.stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      2,
      expect.stringMatching(/Nothing says what “Frobnicate” in “Type” means \(line 3\)\. .* “words”/),
    ])
    const [type] = known.words
    const words = [{ ...type, means: { ...type.means, Frobnicate: { side: 'sell' } } }]
    const read = await as({ ...known, words })
    expect([read.exitCode, JSON.parse(read.stdout).notes]).toEqual([0, []])
    expect(read.stderr).toContain('sell 1000 KAS')

    // What is known here refuses it; its owner says that another column has the time.
    await writeFile(
      path,
      bingxFile.replaceAll(/2026-0\d-07 11:35:\d\d/g, 'never').replaceAll(canary, '2026-01-07 11:35:35'),
    )
    expect((await bring('--exchange', 'bingx', '--preview')).stderr).toContain('cannot be read')
    const dated = await as({ ...known, time: 'Order Type', words })
    expect([dated.exitCode, dated.stderr]).toEqual([0, expect.stringContaining('columns as you named them')])
  })

  it('of several headers is read by a mapping that fits one of them, where the others have one each', async () => {
    const english = 'Time,Symbol,Side,Price,Qty\n2025-10-08 09:35:35,BTC_USDT,Buy,90000.5,0.1\n'
    const german = 'Zeit;Markt;Richtung;Kurs;Menge\n08.10.2025 11:35:35;BTC_USDT;Kauf;90000,5;0,1\n'
    const { bring, map } = await computer(zipOf({ 'a.csv': english, 'b.csv': german }))
    const { exitCode, stderr } = await bring('--exchange', 'bitmart', '--map', map, ...berlin, '--preview')
    const said = stderr.replaceAll(/\s+/g, ' ')
    expect([exitCode, said]).toEqual([
      2,
      expect.stringMatching(
        /a\.csv has other columns than \S+ tells of, .* unpack them, and bring in each as a file/,
      ),
    ])
    expect(said).not.toContain('There is no column')
  })

  it.each([
    ['HTML that is called .xls', '<!doctype html><html></html>', 'is a web page and no statement'],
    ['an encrypted workbook', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0]), 'or one with a password'],
    ['a bomb of 2 kB', bomb(), 'larger than 256 MB'],
    ['a bomb of 2 kB that lies', lyingBomb(), 'is damaged'],
    ['an empty file', '', 'is empty: download it again'],
    [
      'a header alone that nobody knows',
      unknownFile.split('\n')[0] ?? '',
      'has a header and no row beneath it',
    ],
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

  it('is read by the mapping that the README and the help give as their example', async () => {
    const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
    const block = (kind: string) => new RegExp(`\`\`\`${kind}\\n([^\`]*)\`\`\``).exec(readme)?.[1] ?? ''
    const { bring, map, history } = await computer(block('csv'))
    await writeFile(map, block('json'))
    expect(JSON.parse(block('json'))).toEqual(exampleMapping)
    const help = (await bring('--help')).stdout
    expect(help).toContain('"time": "Zeit",')
    const words = ['--exchange', 'bitmart', '--map', map, '--timezone', 'Europe/Berlin', '--yes']
    expect(await bring(...words)).toMatchObject({ exitCode: 0, stderr: '' })
    const rows = (await history('transactions.jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows).toMatchObject([
      {
        time: '2025-10-08T09:35:35.000Z',
        side: 'buy',
        base: 'BTC',
        amount: '0.1',
        price: '90000.5',
        fee: '9.00005',
      },
      { time: '2025-10-25T10:35:35.000Z', side: 'sell', base: 'ETH', quote: 'USDT', amount: '1.5' },
    ])
  })

  it('says what is wrong with a command line', async () => {
    const { bring, path, directory } = await computer(bingxFile)
    const wrong = join(directory, 'wrong.json')
    await writeFile(wrong, JSON.stringify({ ...unknownLayout, columms: {} }))
    const cases: readonly [readonly string[], string][] = [
      [['--exchange', 'nowhere'], 'known: bitmart, bingx, bitrue'],
      [['--exchange', 'bingx', '--connection', 'x'], 'give one of them'],
      [['--label', 'x'], '--label goes with --exchange'],
      [['--new-account'], '--new-account goes with --exchange'],
      [['--timezone', 'Mars/X'], '--timezone “Mars/X” is no time zone that is known here'],
      [
        ['--timezone', 'Europe/Berln'],
        '“Europe/Berln” is no time zone that is known here; near to it: Europe/Berlin',
      ],
      [['--preview', '--yes'], 'give one of them'],
      [['--date-order', 'any'], 'day-first or month-first'],
      [['--decimal', ','], 'point or comma'],
      [['--map', path], 'is no JSON'],
      [['--map', wrong], 'Nothing is called “columms”: what may stand there is granularity,'],
      [['--map', '/nowhere/at/all'], 'cannot be read (ENOENT)'],
      [['--map', directory], 'is a folder: name a file in it'],
    ]
    for (const [words, sentence] of cases) {
      const ended = await bring(...words)
      expect([ended.exitCode, ended.stderr], words.join(' ')).toEqual([2, expect.stringContaining(sentence)])
    }
    expect((await bring('--help')).stdout).toContain('npm run import -- --file FILE [options]')
  })
})
