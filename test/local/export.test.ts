import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
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
      'exchange-history-koinly-from-2026-01-01-to-2026-12-31.coverage.txt',
      'exchange-history-koinly-from-2026-01-01-to-2026-12-31.csv',
    ])
    expect(await read('exchange-history-koinly-from-2026-01-01-to-2026-12-31.csv')).toContain(
      '5,USDT,20,ADA,0.005,USDT',
    )
    expect(stdout).toContain('Wrote ')
    expect(stdout).toContain('not complete')
  })

  it('means days by the clocks of the zone', async () => {
    const late = { ...fill, time: Date.UTC(2026, 11, 31, 23, 30), identity: 'x' }
    const { run, read } = await exporter(late)
    await run(['--format', 'json-lines', '--period', '2026', '--timezone', 'Europe/Berlin'])
    expect(await read('exchange-history-json-lines-from-2026-01-01-to-2026-12-31.jsonl')).toBe('')
    await run(['--format', 'json-lines', '--period', '2027', '--timezone', 'Europe/Berlin'])
    expect(await read('exchange-history-json-lines-from-2027-01-01-to-2027-12-31.jsonl')).toContain(
      `"id":"c1:spot-trade:${late.time}:x"`,
    )
  })

  it('prints one JSON object on the last line, and what is for people to stderr', async () => {
    const { run, out } = await exporter(fill)
    const { stdout, stderr } = await run(['--format', 'hledger', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'hledger',
      files: [join(out, 'exchange-history-hledger.journal')],
      transactions: 1,
      complete: false,
    })
    expect(stderr).toContain('Wrote ')
  })

  it('of nothing is a file with its heading, and says so', async () => {
    const { run, read } = await exporter()
    const { stdout } = await run(['--format', 'cointracker'])
    expect((await read('exchange-history-cointracker.csv')).trim().split('\n')).toHaveLength(1)
    expect(stdout).toContain('There was nothing to export')
  })

  it.each([
    [[], /--format is missing; known: canonical-csv, /],
    [['--format', 'xls'], /--format must be one of canonical-csv, /],
    [['--format', 'koinly', '--period', '26'], /--period must be a year/],
    [['--format', 'koinly', '--from', '2026-02-01', '--to', '2026-01-01'], /--to must be later than from/],
    [
      ['--format', 'koinly', '--timezone', 'Mars'],
      /--timezone must be a name of the IANA time zone database/,
    ],
    [['--format', 'koinly', '--connections', 'nope'], /no connection with this id/],
    [['--format', 'koinly', '--colour'], /There is no option “--colour”/],
  ])('refuses %j in one sentence and writes nothing', async (argv, sentence) => {
    const { run, files } = await exporter(fill)
    const { exitCode, stderr } = await run(argv)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(sentence)
    expect(await files()).toEqual([])
  })

  it('names the accounts of a journal as a file says', async () => {
    const { run, read, root } = await exporter(fill)
    const file = join(root, 'accounts.json')
    await writeFile(file, '{"assets":"Vermögen:{exchange}:{wallet}"}')
    await run(['--format', 'hledger', '--accounts', file])
    expect(await read('exchange-history-hledger.journal')).toContain('Vermögen:bitmart:spot')
    for (const [content, sentence] of [
      ['{"assets":7}', /must be a JSON object with texts for some of assets, fees/],
      ['{"income":"x"}', /must be a JSON object/],
      ['nonsense', /must be a JSON object/],
      ['{"fees":"fees:{coin}"}', /--accounts\.fees may have the places/],
    ] as const) {
      await writeFile(file, content)
      const { exitCode, stderr } = await run(['--format', 'hledger', '--accounts', file])
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(sentence)
    }
    const missing = await run(['--format', 'hledger', '--accounts', join(root, 'missing.json')])
    expect(missing.stderr).toContain('cannot be read (ENOENT)')
  })

  it('leaves the older file as it was when it is interrupted', async () => {
    const { run, files, out } = await exporter(fill)
    await run(['--format', 'koinly'])
    await writeFile(join(out, 'exchange-history-koinly.csv'), 'older')
    expect((await run(['--format', 'koinly'], AbortSignal.abort())).exitCode).toBe(130)
    expect(await readFile(join(out, 'exchange-history-koinly.csv'), 'utf8')).toBe('older')
    expect(await files()).toEqual(['exchange-history-koinly.coverage.txt', 'exchange-history-koinly.csv'])
  })
})
