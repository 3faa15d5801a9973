import { Buffer } from 'node:buffer'
import yauzl from 'yauzl'
import { limits } from './limits.ts'
import { FileRefused } from './refusal.ts'

/** A file of an archive; its bytes are unpacked while they are read, and never more than it declares. */
export type ArchiveFile = {
  readonly name: string
  readonly size: number
  readonly read: () => AsyncIterable<Uint8Array>
}

/** What an archive and those within it may still unpack. */
export type Allowance = { bytes: number; entries: number }

export function openAllowance(): Allowance {
  return { bytes: limits.inflatedBytes, entries: limits.entries }
}

/** `name`: of the archive. */
function damaged(name: string): string {
  return `${name} is damaged: download it again.`
}

/** The files of a ZIP archive of this name. Sizes are checked before anything is unpacked. */
export async function filesOf(
  name: string,
  bytes: Uint8Array,
  allowance: Allowance,
): Promise<readonly ArchiveFile[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const files: ArchiveFile[] = []
  try {
    const zip = await yauzl.fromBufferPromise(buffer, {
      lazyEntries: true,
      validateEntrySizes: true,
      strictFileNames: true,
      autoClose: false,
    })
    for await (const entry of zip.eachEntry()) {
      charge(name, entry, allowance)
      if (entry.fileName.endsWith('/')) continue
      files.push({
        name: entry.fileName,
        size: entry.uncompressedSize,
        read: () => unpacked(name, zip, entry),
      })
    }
  } catch (error) {
    throw error instanceof FileRefused ? error : new FileRefused(damaged(name))
  }
  return files
}

/** All bytes of a file, of which the allowance has been counted when it was listed. */
export async function wholeOf(file: ArchiveFile): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of file.read()) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function charge(name: string, entry: yauzl.Entry, allowance: Allowance): void {
  allowance.entries -= 1
  allowance.bytes -= entry.uncompressedSize
  const why = refusalOf(name, entry, allowance)
  if (why !== undefined) throw new FileRefused(why)
}

function refusalOf(name: string, entry: yauzl.Entry, allowance: Allowance): string | undefined {
  if (entry.isEncrypted()) return `${name} is protected by a password: unpack it, and choose the file in it.`
  if (allowance.entries < 0)
    return `${name} holds more than ${limits.entries} files: unpack it, and choose the statements in it.`
  if (allowance.bytes < 0)
    return `${name} would be larger than ${limits.inflatedBytes / 1024 / 1024} MB when unpacked: download it in several files of shorter time.`
  return undefined
}

async function* unpacked(name: string, zip: yauzl.ZipFile, entry: yauzl.Entry): AsyncIterable<Uint8Array> {
  try {
    yield* await zip.openReadStreamPromise(entry)
  } catch {
    // Bad checksums, lying sizes and broken streams alike.
    throw new FileRefused(damaged(name))
  }
}
