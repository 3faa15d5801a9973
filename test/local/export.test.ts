import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hash } from '../../lambdas/adapters/identity.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import { getItem, put } from '../../lambdas/adapters/table.ts'
import { connectionKey, transactionKey } from '../../lambdas/adapters/table-keys.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { koinly } from '../../lambdas/formats/koinly.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { runExport } from '../../local/export/run-export.ts'

const time = Date.UTC(2026, 2, 1, 12)

/** A store with one connection and these rows, and the exporter over it. */
async function exporter(...rows: readonly Transaction[]) {
  const root = await mkdtemp(join(tmpdir(), 'export-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const [dataDir, out] = [join(root, 'data'), join(root, 'out')]
  const store = await openEmbeddedStore({ dataDir })
  const { connections, transactions } = openStores(store.table)
  const common = {
    exchange: 'bitmart',
    subaccount: '',
    keyHint: 'x7Qa',
    status: 'connected',
    createdAt: 0,
  } as const
  await connections.swap(undefined, { id: 'c1', user: 'local', ...common })
  await transactions.write({ user: 'local', connection: 'c1' }, rows)
  await store.close()
  return {
    root,
    out,
    async run(argv: readonly string[], signal = new AbortController().signal) {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      const exitCode = await runExport(['--out', out, ...argv], {
        env: { DATA_DIR: dataDir },
        stdout: stdout as unknown as NodeJS.WriteStream,
        stderr: stderr as unknown as NodeJS.WriteStream,
        clock: () => time,
        signal,
      })
      return { exitCode, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') }
    },
    /** As a bit that flips on the disk would. */
    async alter(row: Transaction, fields: Partial<Transaction>) {
      const { table, close } = await openEmbeddedStore({ dataDir })
      const key = transactionKey({ user: 'local', connection: 'c1' }, row)
      const item = await getItem(table, key)
      await put(table, { ...key, ...item, ...fields })
      await close()
    },
    async alterConnection(fields: object) {
      const { table, close } = await openEmbeddedStore({ dataDir })
      const key = connectionKey('local', 'c1')
      const item = await getItem(table, key)
      await put(table, { ...key, ...item, ...fields })
      await close()
    },
    files: async () => (await readdir(out).catch(() => [])).sort(),
    read: (name: string) => readFile(join(out, name), 'utf8'),
  }
}

const fill: Transaction = {
  stream: 'spot-trade',
  time,
  identity: 'ADA_USDT|1|2',
  symbol: 'ADA_USDT',
  base: 'ADA',
  quote: 'USDT',
  side: 'buy',
  price: '0.25',
  amount: '20',
  quoteAmount: '5',
  fee: '0.005',
  feeCurrency: 'USDT',
  raw: '{}',
}

describe('npm run export', () => {
  it('writes the file and its statement beside it, and says what it covers', async () => {
    const { run, files, read } = await exporter(fill)
    const { exitCode, stdout } = await run(['--format', 'koinly', '--period', '2026'])
    expect(exitCode).toBe(3)
    expect(await files()).toEqual([
      'exchange-history-koinly-2026-01-01-to-2026-12-31-UTC.coverage.txt',
      'exchange-history-koinly-2026-01-01-to-2026-12-31-UTC.csv',
    ])
    expect(await read('exchange-history-koinly-2026-01-01-to-2026-12-31-UTC.csv')).toContain(
      '5,USDT,20,ADA,0.005,USDT',
    )
    expect(stdout).toContain('Wrote ')
    expect(stdout).toContain('not complete: some of it was not asked for yet.')
    // On the screen is what somebody reads; all of it is in the file.
    expect(stdout.split('\n').length).toBeLessThan(15)
    expect(stdout).toMatch(/All that it covers and does not, .*: .*\.coverage\.txt\n$/)
  })

  it('means days by the clocks of the zone', async () => {
    const late = { ...fill, time: Date.UTC(2025, 11, 31, 23, 30), identity: 'x' }
    const { run, read } = await exporter(late)
    await run(['--format', 'json-lines', '--period', '2025', '--timezone', 'Europe/Berlin'])
    expect(await read('exchange-history-json-lines-2025-01-01-to-2025-12-31-Europe-Berlin.jsonl')).toBe('')
    await run(['--format', 'json-lines', '--period', '2026', '--timezone', 'Europe/Berlin'])
    expect(await read('exchange-history-json-lines-2026-01-01-to-2026-12-31-Europe-Berlin.jsonl')).toContain(
      `"id":"c1:spot-trade:${late.time}:x"`,
    )
  })

  it('prints one JSON object on the last line, and what is for people to stderr', async () => {
    const { run, out } = await exporter(fill)
    const { stdout, stderr } = await run(['--format', 'hledger', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'hledger',
      files: [
        join(out, 'exchange-history-hledger-all-UTC.journal'),
        join(out, 'exchange-history-hledger-all-UTC.coverage.txt'),
      ],
      rows: { lookedAt: 1, written: 1, entries: 1 },
      complete: false,
    })
    expect(stderr).toContain('Wrote ')
  })

  it('writes the statement as JSON where that is asked for, with the SHA-256 of the file', async () => {
    const { run, files, read } = await exporter(fill)
    await run(['--format', 'koinly', '--statement', 'json'])
    expect(await files()).toEqual([
      'exchange-history-koinly-all-UTC.coverage.json',
      'exchange-history-koinly-all-UTC.csv',
    ])
    const told = JSON.parse(await read('exchange-history-koinly-all-UTC.coverage.json'))
    expect(told).toMatchObject({
      format: 'koinly',
      rows: { lookedAt: 1, written: 1 },
      sums: [
        { coin: 'ADA', amount: '20' },
        { coin: 'USDT', amount: '-5.005' },
      ],
    })
    expect(told.file.sha256).toBe(hash(await read('exchange-history-koinly-all-UTC.csv')))
    expect((await run(['--format', 'koinly', '--statement', 'pdf'])).stderr).toBe(
      '--statement must be text or json.\n',
    )
  })

  it('leaves no statement beside the file that tells of an older one', async () => {
    const { run, files } = await exporter(fill)
    await run(['--format', 'koinly'])
    await run(['--format', 'koinly', '--statement', 'json'])
    expect(await files()).toEqual([
      'exchange-history-koinly-all-UTC.coverage.json',
      'exchange-history-koinly-all-UTC.csv',
    ])
  })

  it('that could not put its statement in place left none that tells of another file', async () => {
    const { run, out, files, read } = await exporter(fill)
    await run(['--format', 'koinly', '--statement', 'json'])
    const [json, csv] = await files()
    await mkdir(join(out, 'exchange-history-koinly-all-UTC.coverage.txt'))
    await writeFile(join(out, csv ?? ''), 'older')
    const { exitCode } = await run(['--format', 'koinly'])
    expect(exitCode).toBe(2)
    const left = await files()
    if (left.includes(json ?? '')) expect(await read(csv ?? '')).toBe('older')
    expect(left.filter((name) => name.endsWith('.unfinished'))).toEqual([])
  })

  it('of nothing is a file with its heading, and says so', async () => {
    const { run, read } = await exporter()
    const { stdout } = await run(['--format', 'cointracker'])
    expect((await read('exchange-history-cointracker-all-UTC.csv')).trim().split('\n')).toHaveLength(1)
    expect(stdout).toContain('There was nothing to export')
  })

  it.each([
    [[], /--format is missing; known: canonical-csv, /],
    [['--format', 'xls'], /--format must be one of canonical-csv, /],
    [['--format', 'koinly', '--period', '26'], /--period must be a year/],
    [
      ['--format', 'koinly', '--from', '2026-02-01', '--to', '2026-01-01'],
      /--to must be later than where it begins/,
    ],
    [
      ['--format', 'koinly', '--timezone', 'Mars'],
      /--timezone must be a name of the IANA time zone database/,
    ],
    [['--format', 'koinly', '--account', 'x7Qa,nope'], /^No account is called “nope”; known: …x7Qa\.\n$/],
    [
      ['--format', 'koinly', '--period', '2027'],
      /^--period 2027 lies in the future: it is 2026-03-01 12:00 UTC now\.\n$/,
    ],
    [
      ['--format', 'koinly', '--from', '2026-03-02'],
      /^--from lies in the future: it is 2026-03-01 12:00 UTC now/,
    ],
    [
      ['--format', 'koinly', '--to', '1800-01-01'],
      /^--to ends before 2018-01-01, when no exchange that is known here was open\.\n$/,
    ],
    [['--format', 'koinly', '--period', '2017'], /^--period ends before 2018-01-01, when no exchange/],
    [
      ['--format', 'koinly', '--period', '2026', '--to', '2026-02-01'],
      /^--period says from when to when already: leave out --from and --to\.\n$/,
    ],
    [['--format', 'koinly', '--colour'], /There is no option “--colour”/],
  ])('refuses %j in one sentence and writes nothing', async (argv, sentence) => {
    const { run, files } = await exporter(fill)
    const { exitCode, stderr } = await run(argv)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(sentence)
    expect(await files()).toEqual([])
  })

  it('ends with 2 and a sentence where a row is not what was stored, and calls it no bug', async () => {
    const { run, files, alter } = await exporter(fill)
    await alter(fill, { amount: '21' })
    const { exitCode, stdout, stderr } = await run(['--format', 'koinly', '--json'])
    const sentence =
      `The item TX#spot-trade#${time}#ADA_USDT|1|2 in the store is not what was stored there (look at check): ` +
      'sync (npm run import), and the exchange is asked for it again.'
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `${sentence}\n` })
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'store-damaged', sentence } })
    expect(await files()).toEqual([])
  })

  it.each([
    ['another id', { id: 'c2' }, /^The item CONNECTION#c1 in the store is not what was stored there/],
    ['another user', { user: 'locan' }, /^The item CONNECTION#c1 in the store is not what was stored there/],
    [
      'an exchange that nobody knows',
      { exchange: 'bitmarv' },
      /^The store says of the connection c1 .* of an exchange “bitmarv”, which this version does not know: /,
    ],
  ])(
    'ends with 2 and a sentence where a bit that flipped gave a connection %s, and calls it no bug',
    async (_what, fields, sentence) => {
      const { run, files, alterConnection } = await exporter(fill)
      await alterConnection(fields)
      const { exitCode, stderr } = await run(['--format', 'koinly'])
      expect(stderr).toMatch(sentence)
      expect(exitCode).toBe(2)
      expect(await files()).toEqual([])
    },
  )

  it('ends with 2 where nothing was imported, and creates nothing', async () => {
    const { run, files, root } = await exporter()
    await rm(join(root, 'data'), { recursive: true })
    const { exitCode, stderr } = await run(['--format', 'koinly'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Nothing was imported')
    expect(await files()).toEqual([])
    expect(await readdir(root)).toEqual([])
  })

  it('ends with 2 where a store knows no account, and writes nothing', async () => {
    const { run, root } = await exporter()
    await rm(join(root, 'data'), { recursive: true })
    await (await openEmbeddedStore({ dataDir: join(root, 'data') })).close()
    const { exitCode, stderr } = await run(['--format', 'koinly'])
    expect(exitCode).toBe(2)
    expect(stderr).toBe('No account was imported yet: npm run import begins.\n')
    expect(await readdir(root)).toEqual(['data'])
  })

  it('names the accounts of a journal as a file says', async () => {
    const { run, read, root, files } = await exporter(fill)
    const file = join(root, 'accounts.json')
    await writeFile(file, '{"assets":"Vermögen:{exchange}:{wallet}"}')
    await run(['--format', 'hledger'])
    await run(['--format', 'hledger', '--journal-names', file])
    const journals = (await files()).filter((name) => name.endsWith('.journal'))
    const named = journals.find((name) => name.startsWith('exchange-history-hledger-names-'))
    expect(journals).toHaveLength(2)
    expect(await read(named ?? '')).toContain('Vermögen:bitmart:spot')
    expect(await read('exchange-history-hledger-all-UTC.journal')).not.toContain('Vermögen')
    for (const [content, sentence] of [
      ['{"assets":7}', /must be a JSON object with texts for some of assets, fees/],
      ['{"income":"x"}', /must be a JSON object/],
      ['nonsense', /must be a JSON object/],
      ['{"fees":"fees:{coin}"}', /--journal-names\.fees may have the places/],
    ] as const) {
      await writeFile(file, content)
      const { exitCode, stderr } = await run(['--format', 'hledger', '--journal-names', file])
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(sentence)
    }
    const missing = await run(['--format', 'hledger', '--journal-names', join(root, 'missing.json')])
    expect(missing.stderr).toContain('cannot be read (ENOENT)')
  })

  it('leaves the older file as it was when it is interrupted', async () => {
    const { run, files, out } = await exporter(fill)
    await run(['--format', 'koinly'])
    await writeFile(join(out, 'exchange-history-koinly-all-UTC.csv'), 'older')
    expect((await run(['--format', 'koinly'], AbortSignal.abort())).exitCode).toBe(130)
    expect(await readFile(join(out, 'exchange-history-koinly-all-UTC.csv'), 'utf8')).toBe('older')
    expect(await files()).toEqual([
      'exchange-history-koinly-all-UTC.coverage.txt',
      'exchange-history-koinly-all-UTC.csv',
    ])
  })

  it('tells all about a format when it is asked for help with it', async () => {
    const { run, files } = await exporter()
    const { exitCode, stdout } = await run(['--help', 'koinly'])
    expect(exitCode).toBe(0)
    for (const sentence of [...koinly.carries, ...koinly.cannotSay, ...koinly.upload])
      expect(stdout).toContain(sentence)
    const unknown = await run(['--help', 'xls'])
    expect(unknown.exitCode).toBe(2)
    expect(unknown.stderr).toContain('There is no format of this name; known: canonical-csv, ')
    expect(await files()).toEqual([])
  })

  it('exports one account by the name that people call it, and the file is called so', async () => {
    const { run, files } = await exporter(fill)
    expect((await run(['--format', 'koinly', '--account', 'x7qa'])).exitCode).toBe(3)
    expect(await files()).toContain('exchange-history-koinly-x7Qa-all-UTC.csv')
    expect((await run(['--format', 'cointracking', '--account', 'x7qa, …x7Qa'])).exitCode).toBe(3)
    expect(await files()).toContain('exchange-history-cointracking-x7Qa-all-UTC.csv')
    const unknown = await run(['--format', 'koinly', '--account', 'nobody'])
    expect(unknown.exitCode).toBe(2)
    expect(unknown.stderr).toContain('No account is called “nobody”')
  })

  it('begins a journal with what the account held before', async () => {
    const { run, files, read, root } = await exporter(fill)
    const file = join(root, 'balances.csv')
    await writeFile(file, 'coin,amount,wallet\nUSDT,100.50\nBTC,0.1,futures\n')
    await run(['--format', 'hledger', '--period', '2026', '--opening', file])
    const journal = await read(
      (await files()).find((name) => /-hledger-opening-\w+-2026-01-01-.*\.journal$/.test(name)) ?? 'none',
    )
    expect(journal).toMatch(
      /^2025-12-31 \* bitmart \| Opening balances, by the word of the owner\n.*assets:bitmart:spot .* 100\.50 USDT$/ms,
    )
    expect(journal).toMatch(/assets:bitmart:futures +0\.1 BTC$/m)
    expect(journal).not.toContain('may be negative')
    for (const [content, sentence] of [
      ['USDT;100', /line 1 must have an amount/],
      ['USDT,"1,000"', /line 1 must have an amount/],
      ['USDT,1,spot,more', /line 1 must be coin,amount/],
      ['USDT,1\nUSDT,2', /line 2 has USDT in spot a second time/],
    ] as const) {
      await writeFile(file, content)
      const { exitCode, stderr } = await run(['--format', 'hledger', '--opening', file])
      expect([content, exitCode]).toEqual([content, 2])
      expect(stderr).toMatch(sentence)
    }
    const other = await run(['--format', 'koinly', '--opening', file])
    expect(other.stderr).toContain('--opening is for journals (hledger, ledger, beancount)')
  })
})
