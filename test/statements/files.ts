import { Buffer } from 'node:buffer'
import { zipArchive } from '../../lambdas/formats/zip-archive.ts'
import type { CellLine } from '../../lambdas/statements/table-of-cells.ts'
import { tablesOf } from '../../lambdas/statements/tables.ts'

export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const archive = zipArchive()
  const pieces: Buffer[] = []
  for (const [name, text] of Object.entries(files))
    pieces.push(archive.begin(name), archive.add(text), archive.end())
  return Buffer.concat([...pieces, archive.close()])
}

/** A cell as XML, or a text that becomes an `inlineStr`, as Apache POI writes it. */
export type SheetCell = string | { readonly xml: string }

export const number = (digits: string, style?: number): SheetCell => ({
  xml: `<c${style === undefined ? '' : ` s="${style}"`}><v>${digits}</v></c>`,
})

export function sheetXml(rows: readonly (readonly SheetCell[])[]): string {
  const cell = (value: SheetCell) =>
    typeof value === 'string'
      ? `<c t="inlineStr"><is><t>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</t></is></c>`
      : value.xml
  const lines = rows.map((cells, index) => `<row r="${index + 1}">${cells.map(cell).join('')}</row>`)
  return `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>${lines.join('')}</sheetData></worksheet>`
}

type Parts = Readonly<Record<string, string>>

/** A workbook of sheets by their names, with further parts where a test wants some. */
export function workbookOf(sheets: Readonly<Record<string, string>>, parts: Parts = {}): Buffer {
  const names = Object.keys(sheets)
  return zipOf({
    '[Content_Types].xml': '<Types/>',
    'xl/workbook.xml': `<workbook xmlns:r="r"><workbookPr/><sheets>${names.map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${names.map((_name, index) => `<Relationship Id="rId${index + 1}" Target="worksheets/sheet${index + 1}.xml"/>`).join('')}</Relationships>`,
    ...Object.fromEntries(
      Object.values(sheets).map((xml, index) => [`xl/worksheets/sheet${index + 1}.xml`, xml]),
    ),
    ...parts,
  })
}

/** The cells of every table of an upload. */
export async function cellsOf(
  bytes: Buffer | string,
  chosen: Parameters<typeof tablesOf>[2] = {},
): Promise<Readonly<Record<string, readonly CellLine[]>>> {
  const tables: Record<string, CellLine[]> = {}
  for (const table of await tablesOf('statement.csv', Buffer.from(bytes), chosen)) {
    const lines: CellLine[] = []
    for await (const line of table.lines()) lines.push(line)
    tables[table.name] = lines
  }
  return tables
}
