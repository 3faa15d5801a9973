import { Buffer } from 'node:buffer'
import { detect } from 'chardet'
import { FileRefused } from './refusal.ts'

export type Encoding = { readonly name: string; readonly isGuess: boolean }

/** As much of what is not ASCII as a guess is made of. */
const sampleBytes = 64 * 1024

/** How bytes say text: by their mark, as UTF-8 where they are, else by how they look. */
export function encodingOf(bytes: Uint8Array, chosen?: string): Encoding {
  if (chosen !== undefined) return { name: known(chosen), isGuess: false }
  const marked = markOf(bytes)
  if (marked !== undefined) return { name: marked, isGuess: false }
  if (isUtf8(bytes)) return { name: 'utf-8', isGuess: false }
  return { name: known(detect(foreignLines(bytes)) ?? ''), isGuess: true }
}

function markOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return undefined
}

const piece = 64 * 1024

function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for (let start = 0; start < bytes.length; start += piece)
      decoder.decode(bytes.subarray(start, start + piece), { stream: true })
    decoder.decode()
    return true
  } catch {
    return false
  }
}

/** Only the lines that differ from one encoding to the next. */
function foreignLines(bytes: Uint8Array): Uint8Array {
  const lines: Uint8Array[] = []
  let size = 0
  for (let start = 0; start < bytes.length && size < sampleBytes; ) {
    const newline = bytes.indexOf(10, start)
    const end = newline < 0 ? bytes.length : newline + 1
    const line = bytes.subarray(start, Math.min(end, start + sampleBytes))
    if (line.some((byte) => byte > 127)) {
      lines.push(line)
      size += line.length
    }
    start = end
  }
  return Buffer.concat(lines)
}

function known(name: string): string {
  try {
    return new TextDecoder(name).encoding
  } catch {
    throw new FileRefused(
      'Nobody can tell in which encoding this text is: save it as "CSV UTF-8", or choose the file as the exchange made it.',
    )
  }
}

/** The text, piece by piece, without its mark. */
export function* textOf(bytes: Uint8Array, encoding: Encoding): Iterable<string> {
  const decoder = new TextDecoder(encoding.name, { fatal: true })
  try {
    for (let start = 0; start < bytes.length; start += piece)
      yield decoder.decode(bytes.subarray(start, start + piece), { stream: true })
    yield decoder.decode()
  } catch {
    throw new FileRefused(
      `The text is not in ${encoding.name} throughout: download the file again, or choose its encoding.`,
    )
  }
}
