import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { lastTime, longestIdentity } from '../../lambdas/domain/key-limits.ts'
import { streamKinds } from '../../lambdas/domain/stream.ts'
import { keyOf, type Transaction } from '../../lambdas/domain/transaction.ts'
import { jsonLinesOf } from '../../lambdas/formats/json-lines.ts'
import { readStatement } from '../../lambdas/statements/read-statement.ts'
import { bingxOrders, owner, statementFilesHome } from '../use-cases/statement-files-home.ts'
import { readAt } from './read-files.ts'

/** Rows of an export of ours, and one before them that is good. */
async function exportOf(...odd: readonly Partial<Transaction>[]): Promise<string> {
  const good: Transaction = { stream: 'deposit', time: 1, identity: 'good', status: 'done', raw: '{}' }
  async function* rows() {
    for (const transaction of [good, ...odd.map((one) => ({ ...good, ...one }))])
      yield { origin: { id: 'c1', exchange: 'bingx', subaccount: '' }, transaction }
  }
  const pieces: string[] = []
  for await (const piece of jsonLinesOf(rows())) pieces.push(piece)
  return pieces.join('')
}

const read = async (text: string) => readStatement('everything', Buffer.from(text), {}, readAt)

it('A row of an export before 1970, or of a time that no key tells, refuses the file and names its line', async () => {
  for (const odd of [{ time: -1 }, { time: lastTime + 1 }, { movedTo: -86_400_000 }])
    expect(await read(await exportOf(odd))).toMatchObject({
      kind: 'refused',
      sentence: expect.stringMatching(/^Line 2 .*not of the years 1970 to 2286\. Take the export again/),
    })
})

it('A row of an export whose identity fits no key refuses the file, and the longest that fits is stored', async () => {
  for (const identity of ['x'.repeat(longestIdentity + 1), 'ä'.repeat(600), 'half \ud800'])
    expect(await read(await exportOf({ identity }))).toMatchObject({
      kind: 'refused',
      sentence: expect.stringMatching(/^Line 2 .*longer than an id can be, or no text/),
    })
  const rows = streamKinds.map((stream) => ({ stream, identity: 'x'.repeat(longestIdentity - 4) }))
  const { store, history } = await statementFilesHome()
  await store(await exportOf(...rows))
  // Rows of several streams that have one time and one id are not taken for one.
  expect((await history()).filter(({ identity }) => identity !== 'good').map(keyOf)).toEqual(
    rows.map(({ identity }) => keyOf({ time: 1, identity })),
  )
})

it('A precision that is no number of milliseconds refuses the export', async () => {
  const text = (await exportOf({ source: 'file', precision: 7 })).replace(
    '"precision":7',
    '"precision":1e300',
  )
  expect(await read(text)).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('Line 2') })
})

const line = (order: string, pair: string, amount: string) =>
  `1,${order},2026-01-07 11:35:35,${pair},Buy,0.04,${amount},40,-1,KAS,Autonomous`

it('An id or a name in a statement that fits no key is a cell that cannot be read, told with its line and column', async () => {
  const [long, digits] = ['7'.repeat(1_100), `0.${'1'.repeat(300)}`]
  for (const [text, column, told] of [
    [line(`a${long}`, 'KAS/USDT', '1000'), 'Order No.', `a${long}`],
    [line('2001', 'KAS/USDT', digits), 'Amount', digits],
  ] as const)
    expect(await read(bingxOrders(line('1', 'KAS/USDT', '1'), text))).toMatchObject({
      kind: 'refused',
      count: 1,
      cells: [{ line: 3, column, text: told, why: expect.stringMatching(/longer than|more digits/) }],
    })
  expect(await read(bingxOrders(line('1', `${'K'.repeat(600)}/USDT`, '1')))).toMatchObject({
    kind: 'refused',
    cells: [{ line: 2, why: expect.stringContaining('longer than') }],
  })
})

it('The longest ids and names that are read can be stored', async () => {
  const { store, stores, history } = await statementFilesHome()
  const [order, coin] = ['x'.repeat(128), 'K'.repeat(60)]
  await store(bingxOrders(line(order, `${coin}/${coin}`, `0.${'1'.repeat(98)}`)))
  expect(await history()).toHaveLength(1)
  expect(await stores.statementFiles.list(owner)).toMatchObject([{ state: 'stored' }])
})
