import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { tablesOf } from '../../lambdas/statements/tables.ts'
import { cellsOf, number, rawZip, sheetXml, workbookOf, zipOf } from './files.ts'

const cells = async (bytes: Buffer | string, chosen = {}) =>
  Object.values(await cellsOf(bytes, chosen))
    .flat()
    .map((line) => line.cells)
const refusal = (bytes: Buffer | string) =>
  cellsOf(bytes).then(
    () => 'read',
    (error: Error) => `${error.name}: ${error.message}`,
  )

test('a text with a comma, a semicolon, a tab or a stroke between its columns', async () => {
  for (const sign of [',', ';', '\t', '|'])
    expect(await cells(`a${sign}b\r\n1${sign}2\r\n`), sign).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
})

test('a semicolon with decimal commas is no comma', async () => {
  expect(await cells('Date;Price;Amount\n01.02.2025;1,5;2,5\n03.02.2025;1,5;3,5\n')).toContainEqual([
    '03.02.2025',
    '1,5',
    '3,5',
  ])
})

test('a byte order mark, the line that names the sign, blanks and ids in ="…" are taken off', async () => {
  expect(await cells('\ufeffsep=;\r\nid; b\r\n="00123";2\r\n')).toEqual([
    ['id', 'b'],
    ['00123', '2'],
  ])
  expect(await cells('id,b\n"\t1516000000000000565",2\n')).toContainEqual(['1516000000000000565', '2'])
})

test('lines are counted as an editor counts them, with cells of several lines, blank lines and any line end', async () => {
  const lines = async (text: string) =>
    Object.values(await cellsOf(text))
      .flat()
      .map(({ line }) => line)
  expect(await lines('a,b\r\n1,"x\ny"\r\n\r\n3,4\r\n')).toEqual([1, 2, 4, 5])
  expect(await lines('a,b\r1,2\r3,4\r')).toEqual([1, 2, 3])
})

test('UTF-16 with its mark', async () => {
  expect(await cells(Buffer.from('\ufeffä,b\n1,2\n', 'utf16le'))).toContainEqual(['ä', 'b'])
})

test('Chinese, Japanese and Ukrainian headers in the encodings of their spreadsheets, as a guess that is told', async () => {
  const samples = {
    gb18030: [
      // 时间,交易对,方向,价格 and a note of a few words, so that there is something to go by.
      'cab1bce42cbdbbd2d7b6d42cb7bdcff22cbcdbb8f12cb1b8d7a20a',
      '323032352d31322d31302c4254435f555344542cc2f2c8eb2c312cd5e2cac7d2bbb8f6b1b8d7a20a',
      '时间',
    ],
    shift_jis: [
      '93fa8e9e2c8ee688f892ca89dd2c94848bbe2c897e2c94f58d6c0a',
      '323032352d31322d31302c4254432c94c382a22c312c82b182ea82cd94f58d6c82c582b70a',
      '日時',
    ],
    'windows-1251': [
      `${'d7e0f120e2e8eaeeede0ededff2cd1f2eef0eeede02cd6b3ede02cd3ecee e2e8'.replaceAll(' ', '')}0a`,
      '323032352d31322d31302cefeef0eae0e3ede0f2e82c312cf7e0f1f2eae0efeee4f0eee1e8f6b30a',
      'Час виконання',
    ],
  }
  for (const [encoding, [header, row, first]] of Object.entries(samples)) {
    const bytes = Buffer.from(`${header}${row?.repeat(5)}`, 'hex')
    const [table] = (await tablesOf('statement.csv', bytes)).tables
    expect(table?.encoding, encoding).toEqual({ name: encoding, isGuess: true })
    expect((await cells(bytes))[0]?.[0]).toBe(first)
    expect((await cells(bytes, { encoding }))[0]?.[0]).toBe(first)
  }
})

test('a text that breaks off, or is edited, is refused with its line', async () => {
  expect(await refusal('a,b\n1,"xy\n3,4')).toBe(
    'FileRefused: statement.csv breaks off or is damaged behind line 3, where a quote is not closed: download it again, and do not edit it.',
  )
  expect(await refusal('a,b\n1,"x"y\n3,4\n')).toContain('in line 2:')
})

test('what is no statement is refused in one sentence each', async () => {
  expect(await refusal('')).toContain('is empty')
  expect(await refusal(Buffer.from('d0cf11e0a1b11ae1', 'hex'))).toContain(
    'old Excel file, or one with a password',
  )
  expect(await refusal('<html><table><tr><td>1</td></tr></table></html>')).toContain('is a web page')
  expect(await refusal('\ufeff<?xml version="1.0"?><Workbook/>')).toContain('is a web page')
  expect(await refusal('%PDF-1.7 …')).toContain('is a PDF')
  expect(await refusal(Buffer.from('1f8b0800', 'hex'))).toContain('unpack it')
  expect(await refusal('a\nb\nc\n')).toContain('no table with columns')
  expect(await refusal('a,b\n1,\0\n')).toContain('is no text')
  expect(await refusal(Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(33 * 1024 * 1024, 49)]))).toContain(
    'larger than 32 MB',
  )
  expect(await refusal(`${'a,'.repeat(200)}\n${'1,'.repeat(200)}\n`)).toContain(
    'no statement has more than 128',
  )
  expect(await refusal(`a,b\n1,${'x'.repeat(5_000)}\n`)).toContain('more than 4,096 characters')
})

test('numbers of a workbook are the digits that stand in it', async () => {
  const sheet = sheetXml([
    ['Order No.', 'Price', 'Amount'],
    ['1516000000000000565', number('10.0'), number('1.03211E-4')],
    ['2', number('0.12345678901234567890'), number('100')],
  ])
  const [table] = Object.values(await cellsOf(workbookOf({ 'Spot Orders': sheet })))
  expect(table).toEqual([
    { line: 1, cells: ['Order No.', 'Price', 'Amount'], numbers: new Set() },
    { line: 2, cells: ['1516000000000000565', '10.0', '1.03211E-4'], numbers: new Set([1, 2]) },
    { line: 3, cells: ['2', '0.12345678901234567890', '100'], numbers: new Set([1, 2]) },
  ])
})

test('shared texts, rich texts without their reading aids, formulas, and cells that are left out', async () => {
  const shared =
    '<sst><si><t>Pair</t></si><si><r><t>日</t></r><r><t xml:space="preserve">時 </t></r><rPh sb="0" eb="1"><t>ニチ</t></rPh></si></sst>'
  const sheet = sheetXml([
    [{ xml: '<c r="A1" t="s"><v>0</v></c>' }, { xml: '<c r="C1" t="s"><v>1</v></c>' }],
    [{ xml: '<c r="B2" t="str"><f>A1</f><v>text</v></c>' }, { xml: '<c t="b"><v>1</v></c>' }],
  ])
  expect(await cells(workbookOf({ one: sheet }, { 'xl/sharedStrings.xml': shared }))).toEqual([
    ['Pair', '', '日時'],
    ['', 'text', '1'],
  ])
})

test('numbers that are shown as dates are dates, and others are not', async () => {
  const styles =
    '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/><numFmt numFmtId="165" formatCode="0.00&quot;days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="22"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/></cellXfs></styleSheet>'
  const sheet = sheetXml([
    ['a', 'b', 'c', 'd', 'e'],
    [
      number('46001.930057870371', 1),
      number('46001.5', 2),
      number('46001.5', 3),
      number('46001.5', 0),
      number('46001.50000578704', 1),
    ],
  ])
  expect((await cells(workbookOf({ one: sheet }, { 'xl/styles.xml': styles })))[1]).toEqual([
    '2025-12-10 22:19:17',
    '46001.5',
    '2025-12-10 12:00:00',
    '46001.5',
    '2025-12-10 12:00:00.500',
  ])
  const old = {
    'xl/styles.xml': styles,
    'xl/workbook.xml':
      '<workbook><workbookPr date1904="1"/><sheets><sheet name="one" r:id="rId1"/></sheets></workbook>',
  }
  expect((await cells(workbookOf({ one: sheet }, old)))[1]?.[2]).toBe('2029-12-11 12:00:00')
})

test('every sheet of a workbook is a table, and so is every file of an archive, a workbook among them', async () => {
  const book = workbookOf({ Spot: sheetXml([['a', 'b']]), Futures: sheetXml([['c', 'd']]) })
  expect(Object.keys(await cellsOf(book))).toEqual([
    'statement.csv, sheet Spot',
    'statement.csv, sheet Futures',
  ])
  expect(Object.keys(await cellsOf(zipOf({ 'one.csv': 'a,b\n1,2\n', 'two.csv': 'c,d\n1,2\n' })))).toEqual([
    'one.csv',
    'two.csv',
  ])
  expect(await cells(rawZip([{ name: 'one.csv', bytes: book }]))).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ])
})

test('archives that are bombs, lie, are locked, damaged or nested are refused before they are unpacked', async () => {
  const text = Buffer.from('a,b\n1,2\n')
  const large = 200 * 1024 * 1024
  expect(
    await refusal(
      rawZip([
        { name: 'a.csv', bytes: text, declared: large },
        { name: 'b.csv', bytes: text, declared: large },
      ]),
    ),
  ).toContain('larger than 256 MB')
  expect(await refusal(rawZip([{ name: 'a.csv', bytes: Buffer.alloc(4e6, 97), declared: 10 }]))).toContain(
    'is damaged',
  )
  expect(await refusal(rawZip([{ name: 'a.csv', bytes: text, flags: 1 }]))).toContain(
    'protected by a password',
  )
  expect(
    await refusal(
      rawZip(Array.from({ length: 101 }, (_none, index) => ({ name: `${index}.csv`, bytes: text }))),
    ),
  ).toContain('more than 100 files')
  const inner = rawZip([{ name: 'a.csv', bytes: text }])
  expect(await refusal(rawZip([{ name: 'inner.zip', bytes: inner }]))).toContain(
    'an archive within an archive',
  )
  expect(await refusal(inner.subarray(0, inner.length - 30))).toContain('damaged')
  expect(await refusal(rawZip([{ name: '../a.csv', bytes: text }]))).toContain('damaged')
})

test('workbooks with macros, a document type, a cell far away or broken XML are refused', async () => {
  const sheet = sheetXml([['a', 'b']])
  expect(await refusal(workbookOf({ one: sheet }, { 'xl/vbaProject.bin': 'x' }))).toContain('holds macros')
  const entities = `<!DOCTYPE x [<!ENTITY a "${'x'.repeat(100)}">]>${sheet.replace(/^<\?xml[^>]*>/, '')}`
  expect(await refusal(workbookOf({ one: entities }))).toContain('document type')
  expect(await refusal(workbookOf({ one: sheetXml([[{ xml: '<c r="XFD1"><v>1</v></c>' }]]) }))).toContain(
    'far to the right',
  )
  expect(await refusal(workbookOf({ one: sheet.slice(0, -30) }))).toContain('damaged')
  expect(await refusal(workbookOf({ one: `<worksheet>${'x'.repeat(2_000_000)}</worksheet>` }))).toContain(
    'damaged',
  )
})
