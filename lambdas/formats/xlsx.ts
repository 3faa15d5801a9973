import { Buffer } from 'node:buffer'
import { z } from 'zod'
import type { ExportFormat, ExportRow, FileFacts, FileWriter } from '../domain/export-format.ts'
import type { StreamKind } from '../domain/stream.ts'
import { type CanonicalColumn, canonicalColumns, canonicalFields } from './canonical-csv.ts'
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
import { zipArchive, zipSchema } from './zip-archive.ts'

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
  {
    stream: 'wallet-transfer',
    name: 'Wallet transfers',
    without: [
      ...ofFills,
      ...ofChains.filter((name) => name !== 'status' && name !== 'movedTo'),
      'fee',
      'feeCurrency',
    ],
  },
  { stream: 'forced-order', name: 'Forced orders', without: [...ofChains, 'role', 'orderMode', 'type'] },
  { stream: 'spot-ledger', name: 'Spot ledger', without: [...ofFutures, 'role', 'orderMode', 'movedTo'] },
  {
    stream: 'futures-position',
    name: 'Futures positions',
    without: [...ofChains, 'contractSize', 'role', 'orderMode'],
  },
]

/** What was served is in the canonical CSV; in a cell of a sheet nobody can use it. */
function columnsOf({ without }: Kind): readonly CanonicalColumn[] {
  return canonicalColumns.filter(({ name }) => name !== 'raw' && !without.includes(name))
}

/** Characters of a sheet that are packed together. */
const packedTogether = 131_072

/**
 * A sheet goes on in the next one behind so many rows, or so many bytes: what an archive can count of one file is less than twice
 * that. `far` is where an archive is so large that it tells places in another way.
 */
type Limits = { readonly rows: number; readonly bytes: number; readonly far?: number }

const limitsOfExcel: Limits = { rows: mostRows, bytes: 2_000_000_000 }

/** Sheets are written one after the other, and each row is forgotten once it is packed. */
function open(limits: Limits, facts: FileFacts, kept?: unknown): FileWriter {
  const known = keptSchema.optional().parse(kept)
  const zip = zipArchive(known?.zip, limits.far)
  const sheets: Sheet[] = [...(known?.sheets ?? [])]
  let { kind, part, number } = known ?? { kind: -1, part: 0, number: 0 }
  /** What is not packed yet. */
  let text = known?.text ?? ''

  function packed(): Buffer {
    const piece = text === '' ? empty : zip.add(text)
    text = ''
    return piece
  }

  function beginSheet(name: string): Buffer {
    const path = `xl/worksheets/sheet${sheets.length + 1}.xml`
    sheets.push({ name, path })
    return zip.begin(path)
  }

  function endSheet(): Buffer {
    text += sheetEnd
    return Buffer.concat([packed(), zip.end()])
  }

  /** The sheet of the first kind, of the next, or that on which a full one goes on. */
  function next(what: 'kind' | 'part'): Buffer {
    const before = kind < 0 ? empty : endSheet()
    if (what === 'kind') [kind, part] = [kind + 1, 0]
    part += 1
    number = 1
    const { name } = kindAt(kind)
    text += sheetHead(columns[kind] ?? [])
    return Buffer.concat([before, beginSheet(part === 1 ? name : `${name} ${part}`)])
  }

  function file(path: string, content: string): Buffer {
    return Buffer.concat([zip.begin(path), zip.add(content), zip.end()])
  }

  return {
    begin: () => next('kind'),
    row: (row) => {
      let before = empty
      while (kindAt(kind).stream !== row.transaction.stream) before = Buffer.concat([before, next('kind')])
      if (number === limits.rows || zip.size() >= limits.bytes) before = Buffer.concat([before, next('part')])
      number += 1
      text += rowOf(columns[kind] ?? [], row, number)
      const piece = text.length < packedTogether ? empty : packed()
      return before.length === 0 ? piece : Buffer.concat([before, piece])
    },
    end: () => {
      const pieces: Buffer[] = []
      while (kind < kinds.length - 1) pieces.push(next('kind'))
      pieces.push(endSheet(), beginSheet('Statement'))
      text += statementSheet([...facts.statement.sentences, ...facts.closing()])
      pieces.push(packed(), zip.end())
      pieces.push(
        file('xl/styles.xml', styles()),
        file('xl/workbook.xml', workbook(sheets)),
        file('xl/_rels/workbook.xml.rels', workbookRelations(sheets)),
        file('_rels/.rels', relations()),
        file('[Content_Types].xml', contentTypes(sheets)),
      )
      return Buffer.concat([...pieces, zip.close()])
    },
    kept: () => ({ zip: zip.kept(), sheets: [...sheets], kind, part, number, text }),
  }
}

const empty = Buffer.alloc(0)

const keptSchema = z.object({
  zip: zipSchema,
  sheets: z.array(z.object({ name: z.string(), path: z.string() })),
  kind: z.number(),
  part: z.number(),
  number: z.number(),
  text: z.string(),
})

type Placed = CanonicalColumn & { readonly letter: string }

const columns = kinds.map((kind) =>
  columnsOf(kind).map((column, index): Placed => ({ ...column, letter: columnName(index) })),
)

function kindAt(index: number): Kind {
  const kind = kinds[index]
  if (kind === undefined) throw new Error('A row came behind the sheet of its kind.')
  return kind
}

function sheetHead(placed: readonly Placed[]): string {
  const widths = placed.map(({ kind }) => (kind === 'text' ? 16 : 24))
  const headings = placed.map(({ name, kind, letter }) =>
    textCell(`${letter}1`, kind === 'time' ? `${name} (UTC)` : name, 'heading'),
  )
  return `${sheetStart(widths, true)}<row r="1">${headings.join('')}</row>`
}

function rowOf(placed: readonly Placed[], row: ExportRow, number: number): string {
  const fields = canonicalFields(row)
  let cells = ''
  for (const { name, kind, letter } of placed) {
    const value = fields[name]
    if (value === undefined) continue
    const place = `${letter}${number}`
    cells +=
      kind === 'time' && name === 'time'
        ? timeCell(place, row.transaction.time)
        : textCell(place, String(value))
  }
  return `<row r="${number}">${cells}</row>`
}

function statementSheet(sentences: readonly string[]): string {
  const rows = sentences.map(
    (sentence, index) => `<row r="${index + 1}">${textCell(`A${index + 1}`, sentence, 'wrapped')}</row>`,
  )
  return `${sheetStart([120], false)}${rows.join('')}${sheetEnd}`
}

/** Within other limits where that is to be tried without a million rows. */
export const workbookFormat = (limits: Limits): ExportFormat => ({
  id: 'xlsx',
  name: 'Excel workbook, everything',
  extension: 'xlsx',
  contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  timezone: 'utc',
  statement: 'inside',
  everyRow: true,
  carries: [
    'One sheet for each kind of history: spot trades, futures trades, futures ledger, withdrawals, deposits and transfers between wallets, unfinished, cancelled and failed ones included, spot ledger and closed futures positions; and a sheet with the statement.',
    'Amounts and ids are texts, digit by digit as the exchange wrote them: Excel would cut numbers to 15 digits. Times are dates in UTC with milliseconds.',
    'A sheet that is full, at 1,048,576 rows, goes on in the next one.',
  ],
  cannotSay: [
    'The rows as they were served: they are in the CSV and the JSON Lines of everything.',
    'What a statement file tells in a column that others of its kind of history do not have: it is in the CSV of everything.',
    'Numbers: to reckon with an amount, use VALUE() on its cell, and mind that Excel then keeps 15 digits.',
  ],
  upload: ['Open it with Excel, LibreOffice, Numbers or Google Sheets.'],
  apart: kinds.map(({ stream }) => stream),
  open: (facts, kept) => open(limits, facts, kept),
})

export const xlsx = workbookFormat(limitsOfExcel)
