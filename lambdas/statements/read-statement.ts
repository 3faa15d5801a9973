import { type Clock, clockOf, skippedBy } from './clock.ts'
import { findHeader, type Header } from './header.ts'
import type { KnownFormat } from './known-format.ts'
import { knownFormats } from './known-formats.ts'
import { type Layout, missingOf } from './layout.ts'
import { type LineRead, lineReader, unknownWord } from './line-reader.ts'
import { columnsMissing, inHeadings, type NamedHeader } from './named-columns.ts'
import { ownFormatOf } from './own-rows.ts'
import { openPreview, type Preview } from './preview.ts'
import { type Proposal, proposalFor, proposedBy } from './proposal.ts'
import { readOwnExport } from './read-own-export.ts'
import { type BadCell, FileRefused, toldCells } from './refusal.ts'
import { numberFields, type Reading, type RowField, type StatementRow, textFields } from './row.ts'
import { type Chosen, type Doubt, openSurvey } from './survey.ts'
import type { CellLine, CellTable } from './table-of-cells.ts'
import { type TextChoice, tablesOf, type Upload } from './tables.ts'
import { inFuture } from './time-text.ts'
import { fieldsOfSides } from './two-sides.ts'

/** What its owner says of an upload, step by step. */
export type Settings = TextChoice &
  Chosen & {
    /** `UTC`, `UTC+8`, `Europe/Berlin`: used where neither the format nor its header names a clock. */
    readonly clock?: string
    /** Layouts of headers that nobody else knows, by the signature of the header. */
    readonly layouts?: Readonly<Record<string, Layout>>
  }

/** What only the owner of an upload can say. Nothing is read before. */
export type Question = { readonly table: string } & (
  | Doubt
  | { readonly about: 'clock'; readonly sentence: string }
  | {
      readonly about: 'layout'
      readonly signature: string
      readonly columns: readonly string[]
      readonly samples: readonly (readonly string[])[]
      readonly proposal: Proposal
      /** What is missing in what was said of it, a sentence each. */
      readonly missing: readonly string[]
      /** As what it is known, and read where nothing else is said of it. */
      readonly known?: string
    }
)

/** A table that was read from its first line to its last: every row is good, and can be had as often as it is wanted. */
export type ReadTable = Omit<Reading, 'rows'> & {
  readonly name: string
  readonly preview: Preview
  readonly rows: () => AsyncIterable<StatementRow>
}

export type Outcome =
  | {
      readonly kind: 'refused'
      readonly sentence: string
      readonly cells: readonly BadCell[]
      readonly count: number
      /** Whose statement it is by its header, where that says so. */
      readonly exchange?: string
      /** The tables whose columns it was read by: what else their owner says of them may read it. */
      readonly headers?: readonly NamedHeader[]
    }
  | { readonly kind: 'asks'; readonly questions: readonly Question[]; readonly exchange?: string }
  | { readonly kind: 'read'; readonly tables: readonly ReadTable[] }

/** Reads an upload as far as what is known allows: all of it, or nothing. `now`: epoch milliseconds. */
export async function readStatement(
  name: string,
  bytes: Uint8Array,
  settings: Settings,
  now: number,
): Promise<Outcome> {
  try {
    const own = ownFormatOf(bytes)
    const outcome: Outcome =
      own === undefined
        ? await readTables(name, await tablesOf(name, bytes, settings), settings, now)
        : { kind: 'read', tables: await readOwnExport(name, own, bytes) }
    if (outcome.kind === 'read') refuseEmpty(name, outcome.tables)
    return outcome
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error
    return { kind: 'refused', sentence: error.message, cells: [], count: 0 }
  }
}

/** That nothing is in it is said, and not that all of it was known. */
function refuseEmpty(name: string, tables: readonly ReadTable[]): void {
  if (tables.some(({ preview }) => preview.rows > 0)) return
  const leftOut = tables.flatMap(({ preview }) => preview.leftOut)
  throw new FileRefused(
    leftOut.length === 0
      ? headerAlone(name)
      : `${name} has no row that tells an event: ${[...new Set(leftOut.map(({ why }) => why))].join(', ')}. Nothing of it is to be stored.`,
  )
}

function headerAlone(name: string): string {
  return `${name} has a header and no row beneath it: choose other days where you download it, or another kind of statement.`
}

async function readTables(
  name: string,
  { tables, leftOut }: Upload,
  settings: Settings,
  now: number,
): Promise<Outcome> {
  const prepared: Prepared[] = []
  const questions: Question[] = []
  let exchange: string | undefined
  let isHeaderAlone = false
  for (const table of tables) {
    const header = await findHeader(table, knownFormats)
    if (header === undefined) continue
    // Nobody is asked what columns mean in which nothing stands.
    if (header.formats.length === 0 && header.samples.length === 0) {
      isHeaderAlone = true
      continue
    }
    exchange ??= header.formats[0]?.exchange
    const next = await prepare(table, header, settings, now)
    if ('questions' in next) questions.push(...next.questions)
    else prepared.push(next)
  }
  const whose = exchange === undefined ? {} : { exchange }
  if (questions.length > 0) return { kind: 'asks', questions, ...whose }
  if (prepared.length === 0)
    throw new FileRefused(
      isHeaderAlone
        ? headerAlone(name)
        : `${name} has no header with rows beneath it: choose the file as the exchange made it.`,
    )
  const read: ReadTable[] = []
  const bad: Bad = { cells: [], count: 0, unsaid: new Map(), unsaidCount: 0 }
  for (const one of prepared) read.push(await checked(one, bad))
  if (bad.count === 0) return { kind: 'read', tables: withLeftOut(read, leftOut) }
  if (bad.count === bad.unsaidCount)
    return {
      kind: 'asks',
      questions: prepared.flatMap((one) => wordsQuestion(one, [...bad.unsaid.values()])),
      ...whose,
    }
  return {
    kind: 'refused',
    sentence: `${bad.count === 1 ? 'One cell' : `${bad.count} cells`} of ${name} cannot be read, so nothing of it is: ${adviceFor(bad.cells, prepared)}.`,
    cells: bad.cells,
    count: bad.count,
    headers: prepared.map(({ header }) => ({ signature: header.signature, columns: header.headings })),
    ...whose,
  }
}

/** What of an archive is no statement is said with its first table. */
function withLeftOut(
  [first, ...others]: readonly ReadTable[],
  files: readonly string[],
): readonly ReadTable[] {
  if (first === undefined || files.length === 0) return first === undefined ? [] : [first, ...others]
  const [shown, more] = [files.slice(0, toldFiles), files.length - toldFiles]
  const note = `Left out, since ${files.length === 1 ? 'it is no statement' : 'they are no statements'}: ${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`
  return [{ ...first, preview: { ...first.preview, notes: [note, ...first.preview.notes] } }, ...others]
}

const toldFiles = 10

/** What cannot be read; `unsaid`: of that, the words of which their owner said that he knows them all, the first line of each. */
type Bad = { cells: BadCell[]; count: number; unsaid: Map<string, Unsaid>; unsaidCount: number }
type Unsaid = { readonly of: Prepared; readonly cell: BadCell; readonly line: CellLine }

/** What such words mean is asked, with lines that have them. */
function wordsQuestion(prepared: Prepared, all: readonly Unsaid[]): readonly Question[] {
  const first = all.filter(({ of }) => of === prepared)
  if (first.length === 0) return []
  const { table, header, layout } = prepared
  const missing = first.map(
    ({ cell: { text, column, line } }) => `Nothing says what “${text}” in “${column}” means (line ${line}).`,
  )
  const samples = [...first.map(({ line }) => line.cells), ...header.samples]
  return [layoutQuestion(table, { ...header, samples }, proposedBy(layout), missing)]
}

function layoutQuestion(
  table: CellTable,
  header: Header,
  proposal: Proposal,
  missing: readonly string[],
): Question {
  const [format] = header.formats
  return {
    table: table.name,
    about: 'layout',
    signature: header.signature,
    columns: header.headings,
    samples: header.samples,
    proposal,
    missing,
    ...(format !== undefined && { known: format.name }),
  }
}

/** Times that a clock never showed are sound ones of another clock. */
function adviceFor(cells: readonly BadCell[], prepared: readonly Prepared[]): string {
  const clock = prepared.find(({ told }) => cells.every(({ why }) => why === skippedBy(told.clock)))?.told
    .clock
  if (cells.every(({ why }) => why === inFuture))
    return 'see whether the day or the month comes first in its dates, and of which year it is'
  return clock === undefined
    ? 'download it again, and do not edit it'
    : `its times are not of ${clock}. Say of which time zone they are, such as UTC`
}

type Prepared = {
  readonly table: CellTable
  readonly header: Header
  /** In the headings of this table. */
  readonly layout: Layout
  readonly told: Omit<Reading, 'rows' | 'owner'> & { readonly name: string }
  readonly lostIds: readonly string[]
  readonly read: (line: CellLine) => LineRead
  readonly timeColumn: number
  /** Every time says itself of which clock it is. */
  readonly areInstants: boolean
}

/** Finds out how a table is to be read, or what has to be asked first. */
async function prepare(
  table: CellTable,
  header: Header,
  settings: Settings,
  now: number,
): Promise<Prepared | { readonly questions: readonly Question[] }> {
  const [format, ...others] = header.formats
  if (others.length > 0)
    throw new FileRefused(
      `${table.name} could be ${header.formats.map((one) => one.name).join(' or ')}: nothing tells which.`,
    )
  const said = settings.layouts?.[header.signature]
  // What its owner says goes before what is known here, or there would be no way to say what nobody here knows.
  const meant = said ?? format?.layout
  const layout = meant === undefined ? undefined : inHeadings(meant, header.headings)
  const missing = layout === undefined ? [] : missingIn(layout, header.headings)
  if (layout === undefined || missing.length > 0) {
    const proposal =
      format === undefined
        ? proposalFor(header.headings, header.samples)
        : proposedBy(inHeadings(format.layout, header.headings))
    return { questions: [layoutQuestion(table, header, proposal, missing)] }
  }
  const looked = openSurvey(layout, header.headings, settings)
  for await (const line of rowsBelow(table, header)) looked.see(line)
  const { survey, doubts } = looked.result()
  const questions: Question[] = doubts.map((doubt) => ({ table: table.name, ...doubt }))
  const heading = clockNamed(table, header)
  const clock = survey.isInstant ? clockOf('UTC') : firstClock(heading, format?.clock, settings.clock)
  if (clock === undefined) {
    const sentence = clockSentence(heading ?? settings.clock)
    return { questions: [...questions, { table: table.name, about: 'clock', sentence }] }
  }
  if (questions.length > 0) return { questions }
  return {
    table,
    header,
    layout,
    told: {
      name: nameOf(format, said),
      format: format !== undefined && said === undefined ? format.id : `mapped:${header.signature}`,
      ...(format?.exchange !== undefined && { exchange: format.exchange }),
      clock: clock.name,
      grain: {
        granularity: layout.granularity,
        unit: survey.unit,
        fields: fieldsOf(layout, survey.lostIds),
        decimals: layout.decimals,
      },
    },
    lostIds: [...survey.lostIds],
    areInstants: survey.isInstant,
    read: lineReader({
      name: table.name,
      headings: header.headings,
      layout,
      isOfExchange: format?.exchange !== undefined,
      isKnown: said === undefined,
      survey,
      clock,
      now,
    }),
    timeColumn: header.headings.indexOf(layout.time),
  }
}

function nameOf(format: KnownFormat | undefined, said: Layout | undefined): string {
  if (format === undefined) return 'Columns as you named them'
  return said === undefined ? format.name : `${format.name}, columns as you named them`
}

/** What a layout of its owner leaves open, or names that the table does not have. */
function missingIn(layout: Layout, headings: readonly string[]): readonly string[] {
  const unknown = columnsMissing(layout, headings).map((column) => `“${column}”`)
  return [
    ...missingOf(layout),
    ...(unknown.length === 0
      ? []
      : [`There ${unknown.length === 1 ? 'is no column' : 'are no columns'} ${unknown.join(', ')}.`]),
  ]
}

/** The clock that the headings name; all of them the same. */
function clockNamed(table: CellTable, { clocks }: Header): string | undefined {
  if (new Set(clocks).size > 1)
    throw new FileRefused(
      `The headings of ${table.name} name several clocks (${[...new Set(clocks)].join(', ')}): download it again with one.`,
    )
  return clocks[0]
}

/** A heading may name one that nobody knows: then its owner says which is meant. */
function firstClock(...names: readonly (string | undefined)[]): Clock | undefined {
  for (const name of names) {
    const clock = name === undefined ? undefined : clockOf(name)
    if (clock !== undefined) return clock
  }
  return undefined
}

function clockSentence(named: string | undefined): string {
  return named === undefined
    ? 'The file does not say of which time zone its times are: choose the one that the exchange showed when it was downloaded.'
    : `"${named}" is no time zone that is known here: choose one like Europe/Berlin or UTC+8.`
}

function fieldsOf(layout: Layout, lost: ReadonlySet<string>): readonly RowField[] {
  const told = new Set<string>()
  for (const [field, column] of Object.entries(layout.columns)) if (!lost.has(column)) told.add(field)
  for (const field of Object.keys(layout.always)) told.add(field)
  for (const { means } of layout.words)
    for (const meaning of Object.values(means)) for (const field of Object.keys(meaning)) told.add(field)
  if (layout.isSideBySign) told.add('side')
  if (layout.sides !== undefined) for (const field of fieldsOfSides) told.add(field)
  if (layout.symbol !== undefined && told.has('symbol')) for (const coin of ['base', 'quote']) told.add(coin)
  return [...textFields, ...numberFields].filter((field) => told.has(field))
}

/** The lines beneath the header that are not blank. */
async function* rowsBelow(table: CellTable, header: Header): AsyncIterable<CellLine> {
  for await (const line of table.lines())
    if (line.line > header.line && line.cells.some((cell) => cell !== '')) yield line
}

/** Reads all of a table once, and keeps of it what is shown before anything is stored. */
async function checked(prepared: Prepared, bad: Bad): Promise<ReadTable> {
  const { table, header, told, lostIds, timeColumn, areInstants } = prepared
  const preview = openPreview({
    encoding: table.encoding,
    lostIds,
    areInstants,
    header: { signature: header.signature, columns: header.headings },
  })
  let owner: string | undefined
  for await (const { line, read } of linesRead(prepared)) {
    if ('bad' in read) {
      bad.count += read.bad.length
      bad.cells.push(...read.bad.slice(0, toldCells - bad.cells.length))
      for (const cell of read.bad) if (cell.why === unknownWord) keepUnsaid(bad, { of: prepared, cell, line })
    } else if ('leftOut' in read) preview.leaveOut(line.line, read.leftOut)
    else {
      preview.see(read, line.numbers?.has(timeColumn) === true ? undefined : line.cells[timeColumn])
      owner ??= read.owner
      if (read.owner !== owner)
        throw new FileRefused(
          `${table.name} has rows of two accounts (${owner} and, in line ${line.line}, ${read.owner}): download one file for each.`,
        )
    }
  }
  return {
    ...told,
    ...(owner !== undefined && owner !== '' && { owner }),
    preview: preview.result(),
    rows: () => goodRows(prepared),
  }
}

function keepUnsaid(bad: Bad, one: Unsaid): void {
  const { table, column, text } = one.cell
  const name = JSON.stringify([table, column, text.toLowerCase()])
  bad.unsaidCount += 1
  if (bad.unsaid.size < toldCells && !bad.unsaid.has(name)) bad.unsaid.set(name, one)
}

async function* goodRows(prepared: Prepared): AsyncIterable<StatementRow> {
  for await (const { read } of linesRead(prepared)) if ('row' in read) yield read.row
}

type ReadLine = { readonly line: CellLine; readonly read: LineRead }

/** Every line, read; a line of totals at the end is none of the rows. */
async function* linesRead({ table, header, read }: Prepared): AsyncIterable<ReadLine> {
  let held: ReadLine | undefined
  for await (const line of rowsBelow(table, header)) {
    if (held !== undefined) yield held
    held = { line, read: raggedOf(table, header, line) ?? read(line) }
  }
  if (held === undefined) return
  const first = held.line.cells.find((cell) => cell !== '') ?? ''
  yield 'bad' in held.read && totals.test(first) ? { ...held, read: { leftOut: 'a line of totals' } } : held
}

const totals = /^(grand )?(total|sum|summe|gesamt|合计|總計|总计|合計|итого|всього|усього)/iu

/** A line of other columns than the header is a damaged one. One empty cell too many at its end does no harm. */
function raggedOf(
  table: CellTable,
  { headings, width }: Header,
  { line, cells, numbers }: CellLine,
): LineRead | undefined {
  const surplus = cells.slice(headings.length).some((cell) => cell !== '')
  // A workbook leaves empty cells out.
  const isSheet = numbers !== undefined
  const isRight = isSheet
    ? !surplus
    : !surplus && cells.length >= headings.length && cells.length <= width + 1
  if (isRight) return undefined
  return {
    bad: [
      {
        table: table.name,
        line,
        column: '',
        text: cells.join(' | ').slice(0, 200),
        why: `${cells.length} cells where the header has ${headings.length}`,
      },
    ],
  }
}
