import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { streamKinds } from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { canonicalColumns, canonicalCsvOf } from '../../lambdas/formats/canonical-csv.ts'
import { jsonLinesOf } from '../../lambdas/formats/json-lines.ts'
import { type OwnRow, ownColumns, ownFormatOf, ownRowsOf } from '../../lambdas/statements/own-rows.ts'

const origin = { id: 'c1', exchange: 'bitmart', subaccount: 'sub' }
const writers = { 'canonical-csv': canonicalCsvOf, 'json-lines': jsonLinesOf } as const
const formats = ['canonical-csv', 'json-lines'] as const

async function written(format: keyof typeof writers, transactions: readonly Transaction[]): Promise<Buffer> {
  async function* rows() {
    for (const transaction of transactions) yield { origin, transaction }
  }
  const pieces: string[] = []
  for await (const piece of writers[format](rows())) pieces.push(piece)
  return Buffer.from(pieces.join(''))
}

async function read(bytes: Buffer): Promise<readonly OwnRow[]> {
  const format = ownFormatOf(bytes)
  if (format === undefined) throw new Error('not ours')
  const rows: OwnRow[] = []
  for await (const row of ownRowsOf(format, bytes)) rows.push(row)
  return rows
}

const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  fc.constantFrom("'=1", "''=1", '=1+1', '-x', ' a ', 'a\nb', 'a\rb', '"', ',"raw":', '@', '"=', "'"),
)
const amount = fc.constantFrom('1.50', '-0.10', '1.03211E-4', '0', '+5', '39999.00')
const time = fc.integer({ min: 0, max: Date.UTC(2090, 0, 1) })
const told = {
  symbol: word,
  side: fc.constantFrom('buy' as const, 'sell' as const),
  price: amount,
  amount,
  fee: amount,
  feeCurrency: word,
  orderId: word,
  address: word,
  type: word,
  status: fc.constantFrom('pending' as const, 'done' as const),
  missingSince: time,
}
const transaction: fc.Arbitrary<Transaction> = fc.record(
  {
    stream: fc.constantFrom(...streamKinds),
    time,
    identity: word,
    raw: fc.constantFrom(
      '{"id":1.50,"a":"=1"}',
      '{}',
      '{"big":12345678901234567890.10}',
      '{"raw":{"raw":1}}',
    ),
    ...told,
    movedTo: time,
    unreadableSince: time,
    source: fc.constant('file' as const),
    precision: fc.constantFrom(1, 60_000),
    derived: fc.constantFrom('order', 'ledger', 'position'),
    unreadableRaw: fc.constantFrom('{"a":1.0}', '=1'),
    history: fc.array(fc.record({ until: time, ...told }, { requiredKeys: ['until'] }), {
      minLength: 1,
      maxLength: 2,
    }),
  },
  { requiredKeys: ['stream', 'time', 'identity', 'raw'] },
)

test('an export of ours comes back letter by letter, in both formats', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...formats),
      fc.array(transaction, { minLength: 1, maxLength: 5 }),
      async (format, transactions) => {
        const rows = await read(await written(format, transactions))
        expect(rows).toEqual(
          transactions.map((one) => ({
            connection: 'c1',
            exchange: 'bitmart',
            subaccount: 'sub',
            transaction: one,
          })),
        )
      },
    ),
    { numRuns: 150 },
  )
})

test('the header is that of the export', () => {
  expect(ownColumns).toEqual(canonicalColumns.map(({ name }) => name))
})

test('what is not an export of ours is none', () => {
  for (const text of ['', 'id,connection\n', '[{"id":1}]', 'Time,Price\n'])
    expect(ownFormatOf(Buffer.from(text))).toBeUndefined()
})

test('an export that was edited is refused with its line', async () => {
  const row: Transaction = { stream: 'deposit', time: 5, identity: 'x', amount: '1.5', raw: '{"a":1}' }
  const refusal = (bytes: Buffer) =>
    read(bytes).then(
      () => 'read',
      (error: Error) => error.message,
    )
  for (const format of formats) {
    const text = (await written(format, [row, row])).toString()
    const line = format === 'json-lines' ? 1 : 2
    for (const edited of [
      text.replace('1.5', '1,5x'),
      text.replace('c1:deposit:5:x', 'c2:deposit:5:x'),
      text.replace('deposit', 'dividend'),
      text.replace('{"a":1}', '{a}').replace('{""a"":1}', '{a}'),
      text.replace('1970-01-01T00:00:00.005Z', '1970-01-01'),
    ])
      expect(await refusal(Buffer.from(edited)), edited).toMatch(
        new RegExp(`^Line ${line} of this export is not as it was`),
      )
    expect(await refusal(Buffer.from(text.slice(0, -3)))).toMatch(/^Line \d of this export/)
  }
})
