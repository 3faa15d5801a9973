import { checksumOf, masked, reader, type Version, versionFrom, withByte } from './level-format.ts'

type Block = { readonly from: number; readonly size: number }

const footerLength = 48
/** What follows each block: how it is compressed, and its checksum. */
const trailerLength = 5
const magic = Buffer.from([0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb])

/** Whether every byte of a table (`.ldb`) that LevelDB reads is what it wrote: it does not look itself. */
export function isWholeTable(file: Buffer): boolean {
  try {
    const { metaindex, index, end } = footerOf(file)
    if (!magic.equals(file.subarray(file.length - magic.length))) return false
    const named = [index, metaindex, ...handlesIn(file, index), ...handlesIn(file, metaindex)]
    let at = 0
    for (const block of named.sort((a, b) => a.from - b.from)) {
      if (block.from !== at || !isWholeBlock(file, block)) return false
      at += block.size + trailerLength
    }
    return at === end
  } catch {
    return false
  }
}

/**
 * Everything that can be read of a table, whatever of it is damaged: where its index is, the blocks are found by their own
 * checksums. Of a damaged block, entries may be wrong.
 */
export function* versionsOfTable(file: Buffer): Generator<Version> {
  for (const block of dataBlocks(file)) {
    try {
      for (const [key, value] of entriesOf(contentOf(file, block))) {
        const version = versionOf(key, value)
        if (version !== undefined) yield version
      }
    } catch {
      // The rest of this block cannot be read.
    }
  }
}

function dataBlocks(file: Buffer): readonly Block[] {
  try {
    const { index } = footerOf(file)
    if (isWholeBlock(file, index)) return handlesIn(file, index)
  } catch {
    // A footer that is damaged names nothing.
  }
  return scannedBlocks(file)
}

/** A block ends where the checksum of all since its beginning follows. Blocks that hold no entries yield none. */
function scannedBlocks(file: Buffer): readonly Block[] {
  const blocks: Block[] = []
  const end = file.length - footerLength
  for (let from = 0, at = 0, sum = -1; at + 4 < end; at += 1) {
    sum = withByte(sum, file[at] ?? 0)
    if (masked(sum) !== file.readUInt32LE(at + 1)) continue
    blocks.push({ from, size: at - from })
    from = at + trailerLength
    at += 4
    sum = -1
  }
  return blocks
}

function footerOf(file: Buffer) {
  const end = file.length - footerLength
  const read = reader(file, end)
  return { metaindex: handle(read), index: handle(read), end }
}

function handle(read: ReturnType<typeof reader>): Block {
  return { from: read.number(), size: read.number() }
}

function handlesIn(file: Buffer, block: Block): readonly Block[] {
  return [...entriesOf(contentOf(file, block))].map(([, value]) => handle(reader(value)))
}

function isWholeBlock(file: Buffer, { from, size }: Block): boolean {
  const end = from + size + 1
  if (end + 4 > file.length) return false
  return checksumOf(file.subarray(from, end)) === file.readUInt32LE(end)
}

function contentOf(file: Buffer, { from, size }: Block): Buffer {
  const stored = file.subarray(from, from + size)
  return file[from + size] === 1 ? uncompressed(stored) : stored
}

/** Keys share what they begin with: each says how much of the one before it repeats. */
function* entriesOf(block: Buffer): Generator<readonly [key: Buffer, value: Buffer]> {
  const restarts = block.readUInt32LE(block.length - 4)
  const read = reader(block, 0, block.length - 4 * (restarts + 1))
  let key = Buffer.alloc(0)
  while (!read.isAtEnd()) {
    const [shared, fresh, length] = [read.number(), read.number(), read.number()]
    key = Buffer.concat([key.subarray(0, shared), read.bytes(fresh)])
    yield [key, read.bytes(length)]
  }
}

/** The last eight bytes of a key are its kind and sequence. */
function versionOf(key: Buffer, value: Buffer): Version | undefined {
  if (key.length < 8) return undefined
  const tag = key.readBigUInt64LE(key.length - 8)
  const name = key.subarray(0, -8).toString()
  return versionFrom(name, Number(tag >> 8n), Number(tag & 0xffn), value)
}

/** Snappy: pieces of text, and pieces that repeat what came before. */
function uncompressed(stored: Buffer): Buffer {
  const read = reader(stored)
  const length = read.number()
  if (length > 64 * 1024 * 1024) throw new Error('No block is that large.')
  const content = Buffer.alloc(length)
  let at = 0
  const little = (bytes: Buffer) => bytes.readUIntLE(0, bytes.length)
  while (!read.isAtEnd()) {
    const tag = read.byte()
    const upper = tag >> 2
    if ((tag & 3) === 0) {
      const size = (upper < 60 ? upper : little(read.bytes(upper - 59))) + 1
      at += read.bytes(size).copy(content, at)
      continue
    }
    const size = (tag & 3) === 1 ? (upper & 7) + 4 : upper + 1
    const back =
      (tag & 3) === 1 ? (tag >> 5) * 256 + read.byte() : little(read.bytes((tag & 3) === 2 ? 2 : 4))
    if (back === 0 || back > at || at + size > length) throw new Error('It repeats what is not there.')
    // One after the other: a piece may repeat itself.
    for (let index = 0; index < size; index += 1, at += 1) content[at] = content[at - back] ?? 0
  }
  return content
}
