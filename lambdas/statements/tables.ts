import { Buffer } from 'node:buffer'
import { type Allowance, filesOf, openAllowance, wholeOf } from './archive.ts'
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
export async function tablesOf(
  name: string,
  bytes: Uint8Array,
  chosen: TextChoice = {},
): Promise<readonly CellTable[]> {
  if (bytes.length > limits.uploadBytes)
    throw new FileRefused(
      `${name} is larger than ${limits.uploadBytes / 1024 / 1024} MB: download it in several files of shorter time.`,
    )
  return open(name, bytes, { chosen, allowance: openAllowance(), depth: 0 })
}

type Opening = { readonly chosen: TextChoice; readonly allowance: Allowance; readonly depth: number }

async function open(name: string, bytes: Uint8Array, opening: Opening): Promise<readonly CellTable[]> {
  const why = refusalOf(name, bytes)
  if (why !== undefined) throw new FileRefused(why)
  if (!begins(bytes, [0x50, 0x4b])) return [delimitedText(name, bytes, opening.chosen)]
  const files = await filesOf(name, bytes, opening.allowance)
  if (isWorkbook(files)) return sheetsOf(name, files)
  if (opening.depth > 0)
    throw new FileRefused(
      `${name} is an archive within an archive: unpack it, and choose the statements in it.`,
    )
  const tables: CellTable[] = []
  for (const file of files)
    tables.push(...(await open(file.name, await wholeOf(file), { ...opening, depth: 1 })))
  return tables
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
