import { expect, it } from 'vitest'
import type { FileTime } from '../../lambdas/domain/attested.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import type { ExportRow } from '../../lambdas/domain/export-format.ts'
import { type Account, briefSentences, statementSentences } from '../../lambdas/domain/export-statement.ts'
import { keptTallySchema, openTally } from '../../lambdas/domain/export-tally.ts'
import { fileRowSentences, noFileRows, standingIn } from '../../lambdas/domain/file-rows.ts'
import { statementOf } from '../../lambdas/domain/statement.ts'
import { statementDocument } from '../../lambdas/domain/statement-document.ts'
import { day } from '../../lambdas/domain/window.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { koinly } from '../../lambdas/formats/koinly.ts'
import { smallAccount } from '../formats/small-account.ts'

const at = (days: number) => Date.UTC(2026, 0, 1) + days * day

/** Deposits are known of the second month, and files tell of the first. */
const coverage: readonly Coverage[] = [
  { ...noCoverage('deposit', 'account'), covered: [{ from: at(31), to: at(59) }], attempted: at(59) },
]
const files: FileTime = {
  claims: [
    { stream: 'deposit', by: 'owner', windows: [{ from: at(0), to: at(10) }] },
    { stream: 'deposit', by: 'balance', windows: [{ from: at(10), to: at(20) }] },
  ],
  ledger: [],
  streams: ['deposit', 'spot-ledger'],
}

it('a row of a file is told by whose word its file is whole, and whether the exchange has shown its time', () => {
  const standing = standingIn(bingx.streams, coverage, files)
  const days = [5, 15, 25, 31, 40, 59]
  expect(days.map((one) => standing({ stream: 'deposit', time: at(one) }))).toEqual([
    'owner',
    'balance',
    'nobody',
    'shown',
    'shown',
    'nobody',
  ])
  expect(standing({ stream: 'spot-ledger', time: at(5) })).toBe('nobody')
})

it('rows of files are counted in words, and those of time that the exchange has shown by themselves', () => {
  expect(fileRowSentences(noFileRows)).toEqual([])
  expect(fileRowSentences({ ...noFileRows, shown: 1 })).toEqual([
    'From a statement file, 1 row of those in the file: the exchange has not served it.',
    expect.stringContaining('Of time of which the exchange has shown every row of that kind, 1 of them: '),
  ])
  expect(fileRowSentences({ shown: 0, balance: 2, owner: 3, nobody: 1 })).toEqual([
    'From statement files, 6 rows of those in the file: the exchange has not served them.',
    'Whether such files have all that happened around it: for 3 rows their owner says so, for 2 rows a running balance shows it, for 1 row nobody says so.',
  ])
})

const fromFile = { source: 'file', precision: 1_000 } as const
/** The small account with some rows that files tell, some of which no tax file has. */
const rows: readonly ExportRow[] = smallAccount.map((row, index) =>
  index % 3 === 0 ? { ...row, transaction: { ...row.transaction, ...fromFile } } : row,
)

it('rows of files are counted where they are in the file, account by account, however often the export was stopped', () => {
  const facts = {
    standingOf: ({ transaction }: Pick<ExportRow, 'transaction'>) =>
      transaction.stream === 'spot-trade' ? ('shown' as const) : ('owner' as const),
  }
  const other = { ...(smallAccount[0]?.origin ?? expect.fail()), id: 'other' }
  const all = [...rows, ...rows.slice(0, 1).map((row) => ({ ...row, origin: other }))]
  const whole = openTally({}, undefined, facts)
  let kept = openTally({}).kept()
  let isWritten = false
  const written = { shown: 0, balance: 0, owner: 0, nobody: 0 }
  for (const row of all) {
    isWritten = !isWritten
    const write = (tally: typeof whole) => tally.row(row, () => isWritten && tally.notes.wrote())
    write(whole)
    const part = openTally({}, kept, facts)
    write(part)
    kept = keptTallySchema.parse(JSON.parse(JSON.stringify(part.kept())))
    if (isWritten && row.origin !== other && row.transaction.source === 'file')
      written[facts.standingOf(row)] += 1
  }
  const { fileRowsOf } = whole.close()
  expect(openTally({}, kept).close().fileRowsOf).toEqual(fileRowsOf)
  expect(fileRowsOf.get(smallAccount[0]?.origin.id ?? '')).toEqual(written)
  expect(written.shown + written.owner).toBeGreaterThan(1)
})

it('what files tell stands in the statement, its JSON and its summary, and what is never imported is told beside it', () => {
  const account: Account = {
    id: 'c1',
    name: 'mine',
    exchange: bingx,
    coverage,
    files,
    subaccount: '',
    keyHint: '',
  }
  const period = { from: at(0), to: at(59) }
  const tally = {
    ...openTally({}).close(),
    fileRowsOf: new Map([['c1', { shown: 1, balance: 0, owner: 2, nobody: 4 }]]),
  }
  const facts = {
    statement: statementOf([account], period),
    accounts: [account],
    period,
    timezone: 'UTC',
    format: koinly,
    tally,
    file: { name: 'history.csv', bytes: 1, sha256: 'ab' },
    madeAt: at(60),
  }
  const told = fileRowSentences({ shown: 1, balance: 0, owner: 2, nobody: 4 })
  expect(told[0]).toContain('7 rows')
  expect(statementSentences(facts)).toEqual(expect.arrayContaining([...told]))
  expect(briefSentences(facts)).toEqual(expect.arrayContaining([...told]))
  expect(statementDocument(facts).accounts[0]?.files).toMatchObject({
    neverAskedFor: ['spot-ledger'],
    rows: { attestedByOwner: 2, attestedByBalance: 0, attestedByNobody: 4, ofTimeShown: 1 },
  })
  const headingOf = (one: Account) =>
    statementOf([one], period).sentences.find((sentence) => sentence.startsWith('Never imported'))
  expect(headingOf(account)).toBe(
    'Never imported from BingX, and here only as far as statement files tell it:',
  )
  expect(headingOf({ ...account, files: { ...files, streams: ['deposit'] } })).toBe(
    'Never imported from BingX:',
  )
})
