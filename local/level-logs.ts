import { checksumOf, reader, type Version, versionFrom } from './level-format.ts'

const logBlockLength = 32_768
const logHeaderLength = 7

/** Everything that can be read of a log, which holds what no table holds yet. */
export function* versionsOfLog(file: Buffer): Generator<Version> {
  for (const record of recordsOf(file)) {
    try {
      yield* versionsOfBatch(record)
    } catch {
      // Less than it says it is.
    }
  }
}

/** Which files belong to the store, by their numbers: others are left over from processes that were killed. */
export type LiveFiles = { readonly tables: ReadonlySet<number>; readonly firstLog: number }

/** Undefined where the manifest says what nobody knows. */
export function liveFilesOf(manifest: Buffer): LiveFiles | undefined {
  try {
    return filesNamedIn(manifest)
  } catch {
    return undefined
  }
}

function filesNamedIn(manifest: Buffer): LiveFiles {
  const tables = new Set<number>()
  let firstLog = 0
  for (const record of recordsOf(manifest)) {
    const read = reader(record)
    const skipText = () => read.bytes(read.number())
    while (!read.isAtEnd()) {
      switch (read.number()) {
        case 1: // The name of the order of keys.
          skipText()
          break
        case 2:
          firstLog = read.number()
          break
        case 3: // The next file, the last sequence, the log before.
        case 4:
        case 9:
          read.number()
          break
        case 5: // Where compaction goes on.
          read.number()
          skipText()
          break
        case 6:
          read.number()
          tables.delete(read.number())
          break
        case 7:
          read.number()
          tables.add(read.number())
          read.number()
          skipText()
          skipText()
          break
        default:
          throw new Error('The manifest of the store says what nobody knows.')
      }
    }
  }
  return { tables, firstLog }
}

/** The records that are whole; what a torn one began is passed over. */
function* recordsOf(file: Buffer): Generator<Buffer> {
  let pieces: Buffer[] = []
  for (const { kind, content } of piecesOf(file)) {
    // Whole, first, middle, last.
    if (kind === 1 || kind === 2) pieces = []
    else if (pieces.length === 0) continue
    pieces.push(content)
    if (kind === 2 || kind === 3) continue
    yield Buffer.concat(pieces)
    pieces = []
  }
}

function* piecesOf(file: Buffer): Generator<{ readonly kind: number; readonly content: Buffer }> {
  for (let block = 0; block < file.length; block += logBlockLength) {
    const end = Math.min(file.length, block + logBlockLength)
    for (let at = block; at + logHeaderLength <= end; ) {
      const from = at + logHeaderLength
      const to = from + file.readUInt16LE(at + 4)
      // Of a damaged record nobody knows where it ends.
      if (to > end || checksumOf(file.subarray(at + 6, to)) !== file.readUInt32LE(at)) break
      yield { kind: file[at + 6] ?? 0, content: file.subarray(from, to) }
      at = to
    }
  }
}

function* versionsOfBatch(batch: Buffer): Generator<Version> {
  let sequence = Number(batch.readBigUInt64LE(0))
  const read = reader(batch, 12)
  while (!read.isAtEnd()) {
    const kind = read.byte()
    const key = read.bytes(read.number()).toString()
    yield versionFrom(key, sequence, kind, kind === 1 ? read.bytes(read.number()) : Buffer.alloc(0))
    sequence += 1
  }
}
