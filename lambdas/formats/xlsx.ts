import { Buffer } from 'node:buffer'
import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { type Options, ZipFile } from 'yazl'
import type { ExportFormat, ExportInput, ExportRow } from '../domain/export-format.ts'
import type { StreamKind } from '../domain/stream.ts'
import { type CanonicalColumn, canonicalColumns, canonicalFields } from './canonical-csv.ts'
import { chunks } from './csv.ts'
import {
  columnName,
  contentTypes,
  mostRows,
  relations,
  type Sheet,
  sheetEnd,
  sheetStart,
  styles,
  textCell,
  timeCell,
  workbook,
  workbookRelations,
} from './xlsx-parts.ts'

type Kind = { readonly stream: StreamKind; readonly name: string; readonly without: readonly string[] }

const ofFutures = ['contracts', 'contractSize', 'position', 'realizedPnl']
const ofFills = [
  ...ofFutures,
  ...['symbol', 'base', 'quote', 'side', 'price', 'quoteAmount', 'role', 'orderId', 'tradeId', 'orderMode'],
]
const ofChains = ['network', 'address', 'txId', 'status', 'movedTo']

/** One sheet for each kind of history, without the columns that have no meaning for it. */
const kinds: readonly Kind[] = [
  {
    stream: 'spot-trade',
    name: 'Spot trades',
    without: [...ofFutures, ...ofChains, 'account', 'currency', 'type'],
  },
  {
    stream: 'futures-trade',
    name: 'Futures trades',
    without: [...ofChains, 'orderMode', 'currency', 'type'],
  },
  {
    stream: 'futures-ledger',
    name: 'Futures ledger',
    without: [...ofFills.filter((name) => name !== 'symbol'), ...ofChains, 'fee', 'feeCurrency'],
  },
  { stream: 'withdrawal', name: 'Withdrawals', without: [...ofFills, 'account', 'type'] },
  { stream: 'deposit', name: 'Deposits', without: [...ofFills, 'account', 'type'] },
]

/** What was served is in the canonical CSV; in a cell of a sheet nobody can use it. */
function columnsOf({ without }: Kind): readonly CanonicalColumn[] {
  return canonicalColumns.filter(({ name }) => name !== 'raw' && !without.includes(name))
}

/** The same data makes the same bytes: the time of the files in the archive is that of none. */
const packed: Partial<Options> = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true, compressionLevel: 1 }

/** Sheets are written one after the other, and each row is forgotten once it is packed. */
async function* write(input: ExportInput): AsyncIterable<Uint8Array> {
  const zip = new ZipFile()
  const output = zip.outputStream.pipe(new PassThrough())
  zip.on('error', (error: Error) => output.destroy(error))
  const open: { sheet?: Readable } = {}
  const adding = addSheets(zip, input, open).then(
    () => zip.end(),
    (error: Error) => output.destroy(error),
  )
  try {
    for await (const chunk of output) yield Buffer.from(chunk)
    await adding
  } finally {
    open.sheet?.destroy()
  }
}

async function addSheets(zip: ZipFile, input: ExportInput, open: { sheet?: Readable }): Promise<void> {
  const sheets: Sheet[] = []
  const add = async (name: string, content: AsyncIterable<string>) => {
    const path = `xl/worksheets/sheet${sheets.length + 1}.xml`
    sheets.push({ name, path })
    const sheet = Readable.from(content, { objectMode: false })
    open.sheet = sheet
    zip.addReadStream(sheet, path, packed)
    await finished(sheet)
  }
  for (const kind of kinds) {
    const rows = input.rowsOf(kind.stream)[Symbol.asyncIterator]()
    let next = await rows.next()
    for (let part = 1; part === 1 || next.done !== true; part++) {
      const page = async function* (): AsyncIterable<ExportRow> {
        for (let count = 1; count < mostRows && next.done !== true; count++) {
          yield next.value
          next = await rows.next()
        }
      }
      await add(part === 1 ? kind.name : `${kind.name} ${part}`, chunks(sheetOf(kind, page())))
    }
  }
  await add('Statement', statementSheet([...input.statement.sentences, ...input.closing()]))
  const text = (path: string, content: string) => zip.addBuffer(Buffer.from(content), path, packed)
  text('xl/styles.xml', styles())
  text('xl/workbook.xml', workbook(sheets))
  text('xl/_rels/workbook.xml.rels', workbookRelations(sheets))
  text('_rels/.rels', relations())
  text('[Content_Types].xml', contentTypes(sheets))
}

async function* sheetOf(kind: Kind, rows: AsyncIterable<ExportRow>): AsyncIterable<string> {
  const columns = columnsOf(kind).map((column, index) => ({ ...column, letter: columnName(index) }))
  yield sheetStart(
    columns.map(({ kind: type }) => (type === 'text' ? 16 : 24)),
    true,
  )
  yield `<row r="1">${columns
    .map(({ name, kind: type, letter }) =>
      textCell(`${letter}1`, type === 'time' ? `${name} (UTC)` : name, 'heading'),
    )
    .join('')}</row>`
  let number = 1
  for await (const row of rows) {
    number += 1
    const fields = canonicalFields(row)
    let cells = ''
    for (const { name, kind: type, letter } of columns) {
      const value = fields[name]
      if (value === undefined) continue
      const place = `${letter}${number}`
      cells +=
        type === 'time' && name === 'time'
          ? timeCell(place, row.transaction.time)
          : textCell(place, String(value))
    }
    yield `<row r="${number}">${cells}</row>`
  }
  yield sheetEnd
}

async function* statementSheet(sentences: readonly string[]): AsyncIterable<string> {
  yield sheetStart([120], false)
  for (const [index, sentence] of sentences.entries())
    yield `<row r="${index + 1}">${textCell(`A${index + 1}`, sentence, 'wrapped')}</row>`
  yield sheetEnd
}

export const xlsx: ExportFormat = {
  id: 'xlsx',
  name: 'Excel workbook, everything',
  extension: 'xlsx',
  contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  timezone: 'utc',
  statement: 'inside',
  everyRow: true,
  carries: [
    'One sheet for each kind of history: spot trades, futures trades, futures ledger, withdrawals and deposits, unfinished, cancelled and failed ones included; and a sheet with the statement.',
    'Amounts and ids are texts, digit by digit as the exchange wrote them: Excel would cut numbers to 15 digits. Times are dates in UTC with milliseconds.',
    'A sheet that is full, at 1,048,576 rows, goes on in the next one.',
  ],
  cannotSay: [
    'The rows as they were served: they are in the CSV and the JSON Lines of everything.',
    'Numbers: to reckon with an amount, use VALUE() on its cell, and mind that Excel then keeps 15 digits.',
  ],
  upload: ['Open it with Excel, LibreOffice, Numbers or Google Sheets.'],
  write,
}
