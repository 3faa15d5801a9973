import { Buffer } from 'node:buffer'
import { type Allowance, type ArchiveFile, filesOf, openAllowance, wholeOf } from './archive.ts'
import { delimitedText } from './delimited-text.ts'
import { limits } from './limits.ts'
import { FileRefused } from './refusal.ts'
import type { CellTable } from './table-of-cells.ts'
import { isWorkbook, sheetsOf } from './workbook.ts'

/** What its owner says of a text, where its looks do not tell. */
export type TextChoice = { readonly encoding?: string; readonly delimiter?: string }

/**
 * The tables of an upload: a text with columns, the sheets of a workbook, or those in an archive. What it is, its bytes say:
 * exchanges give names that are wrong.
 */
export async function tablesOf(name: string, bytes: Uint8Array, chosen: TextChoice = {}): Promise<Upload> {
  if (bytes.length > limits.uploadBytes)
    throw new FileRefused(
      `${name} is larger than ${limits.uploadBytes / 1024 / 1024} MB: download it in several files of shorter time.`,
    )
  return open(name, bytes, { chosen, allowance: openAllowance(), depth: 0 })
}

type Opening = { readonly chosen: TextChoice; readonly allowance: Allowance; readonly depth: number }

/** `leftOut`: files of an archive that are no statements. */
export type Upload = { readonly tables: readonly CellTable[]; readonly leftOut: readonly string[] }

/** What computers and people put beside statements: what a Mac adds to an archive, notes, pictures, other documents. */
const besides =
  /(^|\/)(__MACOSX\/|\.|thumbs\.db$|desktop\.ini$)|\.(pdf|md|rtf|docx?|log|url|lnk|png|jpe?g|gif|svg)$/i

/** A text of any kind: whether it is a table, its content says. */
const plainText = /(\.txt|(^|\/)[^./]+)$/i

async function open(name: string, bytes: Uint8Array, opening: Opening): Promise<Upload> {
  const why = refusalOf(name, bytes)
  if (why !== undefined) throw new FileRefused(why)
  if (!begins(bytes, [0x50, 0x4b])) return single(delimitedText(name, bytes, opening.chosen))
  const files = await filesOf(name, bytes, opening.allowance)
  if (isWorkbook(files)) return { tables: await sheetsOf(name, files), leftOut: [] }
  if (opening.depth > 0)
    throw new FileRefused(
      `${name} is an archive within an archive: unpack it, and choose the statements in it.`,
    )
  const tables: CellTable[] = []
  const leftOut: string[] = []
  for (const file of files) {
    const read = besides.test(file.name) ? undefined : await openBeside(file, opening)
    if (read === undefined) leftOut.push(file.name)
    else tables.push(...read.tables)
  }
  if (tables.length > 0) return { tables, leftOut }
  throw new FileRefused(
    leftOut.length === 0
      ? `There is no file in ${name}: download it again.`
      : `${name} has no statement in it, only ${leftOut.slice(0, 10).join(', ')}: download the statement as CSV or XLSX.`,
  )
}

function single(table: CellTable): Upload {
  return { tables: [table], leftOut: [] }
}

/** A file of an archive; undefined for a text that is no table. */
async function openBeside(file: ArchiveFile, opening: Opening): Promise<Upload | undefined> {
  try {
    return await open(file.name, await wholeOf(file), { ...opening, depth: 1 })
  } catch (error) {
    if (error instanceof FileRefused && plainText.test(file.name)) return undefined
    throw error
  }
}

/** What is told from the first bytes, and cannot be read. */
function refusalOf(name: string, bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return `${name} is empty: download it again.`
  if (begins(bytes, [0xd0, 0xcf, 0x11, 0xe0]))
    return `${name} is an old Excel file, or one with a password: open it, save it as .xlsx without a password, and choose that.`
  const head = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1')
  if (head.startsWith('%PDF')) return `${name} is a PDF: download the statement as CSV or XLSX.`
  if (/^(?:\u00ef\u00bb\u00bf)?\s*<(?:!doctype|html|\?xml|table|head|body|meta)/i.test(head))
    return `${name} is a web page and no statement: log in at the exchange, and download it as CSV or XLSX.`
  if (begins(bytes, [0x1f, 0x8b]) || head.startsWith('Rar!') || head.startsWith('7z\u00bc'))
    return `${name} is packed in a way that is not read here: unpack it, and choose the file in it.`
  return undefined
}

function begins(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte)
}
