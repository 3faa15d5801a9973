import { SaxesParser, type SaxesTagPlain } from 'saxes'
import type { ArchiveFile } from './archive.ts'
import { limits } from './limits.ts'
import { FileRefused } from './refusal.ts'
import { serialTime } from './serial-time.ts'
import { type CellLine, type CellTable, withinLimits } from './table-of-cells.ts'

const broken = 'The workbook is damaged: download the file again, and do not save it in a spreadsheet.'

export function isWorkbook(files: readonly ArchiveFile[]): boolean {
  return files.some(({ name }) => name === 'xl/workbook.xml')
}

/** The sheets of a workbook as tables, every number as its digits stand in the file. */
export async function sheetsOf(
  workbook: string,
  files: readonly ArchiveFile[],
): Promise<readonly CellTable[]> {
  if (files.some(({ name }) => /vbaProject\.bin$/i.test(name)))
    throw new FileRefused(
      `${workbook} holds macros, which no statement needs: choose the file as the exchange made it.`,
    )
  const file = (name: string) => files.find((one) => one.name === name)
  const [book, targets, styles, texts] = [
    await bookOf(file('xl/workbook.xml')),
    await targetsOf(file('xl/_rels/workbook.xml.rels')),
    await datesOf(file('xl/styles.xml')),
    await sharedTextsOf(file('xl/sharedStrings.xml')),
  ]
  return book.sheets.flatMap(({ name, relation }): readonly CellTable[] => {
    const sheet = file(targets.get(relation) ?? '')
    if (sheet === undefined) return []
    const shown = book.sheets.length === 1 ? workbook : `${workbook}, sheet ${name}`
    const known = { texts, dates: styles, is1904: book.is1904 }
    return [{ name: shown, lines: () => withinLimits(shown, rowsOf(sheet, known)) }]
  })
}

type Handlers = {
  readonly open?: (tag: SaxesTagPlain) => void
  readonly text?: (text: string) => void
  readonly close?: (name: string) => void
}

/** Feeds a part of the workbook to the handlers, and tells after each piece of it that one was read. */
async function* passes(file: ArchiveFile | undefined, { open, text, close }: Handlers): AsyncIterable<void> {
  if (file === undefined) return
  const parser = new SaxesParser<{ xmlns?: false; position?: false }>({ position: false })
  parser.on('doctype', () => {
    throw new FileRefused(
      'The workbook has a document type, which none needs and which is used for attacks: choose the file as the exchange made it.',
    )
  })
  parser.on('error', () => {
    throw new FileRefused(broken)
  })
  parser.on('opentag', ({ name, ...tag }) => open?.({ ...tag, name: name.replace(/^.*:/, '') }))
  parser.on('closetag', ({ name }) => close?.(name.replace(/^.*:/, '')))
  if (text !== undefined) {
    parser.on('text', text)
    parser.on('cdata', text)
  }
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let sinceTag = 0
  for await (const bytes of file.read()) {
    // Between two tags is one cell at most: more would be kept in memory without end.
    const tag = bytes.lastIndexOf(60)
    sinceTag = tag < 0 ? sinceTag + bytes.length : bytes.length - tag
    if (sinceTag > 1024 * 1024) throw new FileRefused(broken)
    try {
      parser.write(decoder.decode(bytes, { stream: true }))
    } catch (error) {
      throw error instanceof FileRefused ? error : new FileRefused(broken)
    }
    yield
  }
  parser.close()
}

async function readAll(file: ArchiveFile | undefined, handlers: Handlers): Promise<void> {
  for await (const _piece of passes(file, handlers));
}

type Book = {
  readonly sheets: readonly { readonly name: string; readonly relation: string }[]
  readonly is1904: boolean
}

async function bookOf(file: ArchiveFile | undefined): Promise<Book> {
  const sheets: { name: string; relation: string }[] = []
  let is1904 = false
  await readAll(file, {
    open: ({ name, attributes }) => {
      if (name === 'sheet') sheets.push({ name: attributes.name ?? '', relation: attributes['r:id'] ?? '' })
      if (name === 'workbookPr') is1904 = /^(1|true)$/.test(attributes.date1904 ?? '')
    },
  })
  return { sheets, is1904 }
}

/** Where the sheets lie, by the relations that name them. */
async function targetsOf(file: ArchiveFile | undefined): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>()
  await readAll(file, {
    open: ({ name, attributes: { Id = '', Target = '' } }) => {
      if (name === 'Relationship') targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`)
    },
  })
  return targets
}

/** The formats of numbers that every spreadsheet knows and that show dates (ECMA-376, 18.8.30). */
const builtIn = (id: number) =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)

/** Which styles of cells show a number as a date. */
async function datesOf(file: ArchiveFile | undefined): Promise<ReadonlySet<string>> {
  const custom = new Map<number, boolean>()
  const dates = new Set<string>()
  let style = -1
  await readAll(file, {
    open: ({ name, attributes }) => {
      if (name === 'numFmt') {
        // What stands in quotes or brackets, or behind a stroke, is shown as it stands.
        const code = (attributes.formatCode ?? '').replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, '')
        custom.set(Number(attributes.numFmtId), /[ymdhs]/i.test(code))
      }
      if (name === 'cellXfs') style = 0
      if (name !== 'xf' || style < 0) return
      const id = Number(attributes.numFmtId ?? 0)
      if (custom.get(id) ?? builtIn(id)) dates.add(String(style))
      style += 1
    },
    close: (name) => {
      if (name === 'cellXfs') style = -1
    },
  })
  return dates
}

/** The texts that cells name by their number. */
async function sharedTextsOf(file: ArchiveFile | undefined): Promise<readonly string[]> {
  const texts: string[] = []
  const text = openText()
  let characters = 0
  await readAll(file, {
    open: ({ name }) => {
      if (name === 'si') text.clear()
      text.open(name)
    },
    text: text.add,
    close: (name) => {
      text.close(name)
      if (name !== 'si') return
      characters += text.value().length
      if (characters > limits.sharedCharacters)
        throw new FileRefused(
          'The workbook holds more text than any statement: download it in several files of shorter time.',
        )
      texts.push(text.value())
    },
  })
  return texts
}

/** The text of a cell: of `v`, or of every `t` that is no reading aid (`rPh`) of Japanese. */
function openText() {
  let value = ''
  let isText = false
  let isAid = false
  return {
    clear: () => {
      value = ''
    },
    open: (name: string) => {
      if (name === 'rPh') isAid = true
      if (name === 'v' || name === 't') isText = !isAid
    },
    add: (text: string) => {
      if (isText) value += text
    },
    close: (name: string) => {
      if (name === 'rPh') isAid = false
      if (name === 'v' || name === 't') isText = false
    },
    value: () => value,
  }
}

type Known = {
  readonly texts: readonly string[]
  readonly dates: ReadonlySet<string>
  readonly is1904: boolean
}

async function* rowsOf(sheet: ArchiveFile, known: Known): AsyncIterable<CellLine> {
  let ready: CellLine[] = []
  let row = 0
  let cells: string[] = []
  let numbers = new Set<number>()
  let column = -1
  let cell: SaxesTagPlain['attributes'] = {}
  const text = openText()
  const pieces = passes(sheet, {
    open: ({ name, attributes }) => {
      if (name === 'row') {
        row = attributes.r === undefined ? row + 1 : Number(attributes.r)
        cells = []
        numbers = new Set()
        column = -1
      } else if (name === 'c') {
        column = attributes.r === undefined ? column + 1 : columnOf(attributes.r)
        if (!(column >= 0 && column < limits.columns))
          throw new FileRefused(
            `Row ${row} of a sheet has a cell far to the right of every statement: choose the file as the exchange made it.`,
          )
        cell = attributes
        text.clear()
      } else text.open(name)
    },
    text: text.add,
    close: (name) => {
      text.close(name)
      if (name === 'row') ready.push({ line: row, cells, numbers })
      if (name !== 'c') return
      const value = shownBy(cell, text.value(), known)
      if (value.isNumber) numbers.add(column)
      while (cells.length < column) cells.push('')
      cells[column] = value.text.trim()
    },
  })
  for await (const _piece of pieces) {
    yield* ready
    ready = []
  }
}

function shownBy(
  { t: type = 'n', s: style = '' }: SaxesTagPlain['attributes'],
  text: string,
  known: Known,
): { readonly text: string; readonly isNumber: boolean } {
  if (type === 's') return { text: known.texts[Number(text)] ?? '', isNumber: false }
  if (type !== 'n' || text === '') return { text, isNumber: false }
  if (known.dates.has(style)) return { text: serialTime(text, known.is1904) ?? text, isNumber: false }
  return { text, isNumber: true }
}

/** `A` is 0, `AA` 26. */
function columnOf(reference: string): number {
  const [letters = ''] = /^[A-Z]{1,3}/.exec(reference) ?? []
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}
