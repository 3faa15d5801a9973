import { Buffer } from 'node:buffer'
import { crc32, deflateRawSync } from 'node:zlib'
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
  for (const table of (await tablesOf('statement.csv', Buffer.from(bytes), chosen)).tables) {
    const lines: CellLine[] = []
    for await (const line of table.lines()) lines.push(line)
    tables[table.name] = lines
  }
  return tables
}

type Entry = { name: string; bytes: Buffer; declared?: number; flags?: number }

/** An archive that may lie. */
export function rawZip(entries: readonly Entry[]): Buffer {
  const [locals, directory]: [Buffer[], Buffer[]] = [[], []]
  let offset = 0
  for (const { name, bytes, declared = bytes.length, flags = 0 } of entries) {
    const packed = deflateRawSync(bytes)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(flags, 2)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(bytes), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(declared, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), fields, place, Buffer.from(name)]),
    )
    locals.push(local)
    offset += local.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, listed, end])
}

/** Less than two kilobytes that say of themselves that they unpack to 400 MB. */
export function bomb(): Buffer {
  const declared = 200 * 1024 * 1024
  const bytes = Buffer.from('a,b\n1,2\n')
  return rawZip(['one.csv', 'two.csv'].map((name) => ({ name, bytes, declared })))
}

/** Two kilobytes that unpack to two megabytes, and say that it is ten bytes. */
export function lyingBomb(): Buffer {
  return rawZip([{ name: 'one.csv', bytes: Buffer.alloc(2_000_000, 97), declared: 10 }])
}
