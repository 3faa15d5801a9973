import { Buffer } from 'node:buffer'
import { constants, crc32, deflateRawSync } from 'node:zlib'
import { z } from 'zod'

/**
 * An archive as PKWARE's APPNOTE 6.3 has it, so written that one may stop behind any piece, keep what is known in a few numbers, and
 * go on elsewhere, which no library for it can: each piece is packed by itself (a stream of DEFLATE may end any block at a full
 * byte), sums and sizes follow the data, and the directory stands at the end. No file may have four gigabytes or more; the archive
 * may. The same data makes the same bytes: its files are of no time. `far`: from which byte on places are told in 64 bits.
 */
export function zipArchive(known: Kept = { offset: 0, files: [] }, far = most) {
  let { offset, open } = known
  const files: File[] = [...known.files]

  function counted(piece: Buffer): Buffer {
    offset += piece.length
    return piece
  }

  return {
    /** Bytes of the open file before they were packed. */
    size: (): number => open?.size ?? 0,

    begin(name: string): Buffer {
      open = { name, offset, crc: 0, packed: 0, size: 0 }
      return counted(localHeader(name))
    },

    add(text: string): Buffer {
      if (open === undefined) throw new Error('No file of the archive is open.')
      const bytes = Buffer.from(text)
      const piece = deflateRawSync(bytes, { level: 1, finishFlush: constants.Z_SYNC_FLUSH })
      const { packed, size } = open
      open = {
        ...open,
        crc: crc32(bytes, open.crc),
        packed: packed + piece.length,
        size: size + bytes.length,
      }
      return counted(piece)
    },

    end(): Buffer {
      if (open === undefined) throw new Error('No file of the archive is open.')
      const file = { ...open, packed: open.packed + lastBlock.length }
      files.push(file)
      open = undefined
      return counted(Buffer.concat([lastBlock, descriptor(file)]))
    },

    close: (): Buffer =>
      Buffer.concat([...files.map((file) => entry(file, far)), ...end(files, { offset, far })]),

    kept: (): Kept => ({ offset, files: [...files], ...(open !== undefined && { open }) }),
  }
}

const fileSchema = z.object({
  name: z.string(),
  offset: z.number(),
  crc: z.number(),
  packed: z.number(),
  size: z.number(),
})

/** Sizes and offsets in bytes. */
type File = z.infer<typeof fileSchema>

export const zipSchema = z.object({
  offset: z.number(),
  files: z.array(fileSchema),
  open: fileSchema.optional(),
})

type Kept = z.infer<typeof zipSchema>

/** The end of every stream of DEFLATE: an empty block that says that it is the last. */
const lastBlock = Buffer.from([3, 0])

/** Sizes follow the data; names are UTF-8. */
const flags = 0x0808
const deflated = 8
/** The first of January 1980, midnight. */
const noTime = 0x00210000
/** Stands where a number has no room, and is told in 64 bits elsewhere. */
const most = 0xffffffff
/** Version 2.0 reads files, 4.5 what lies behind four gigabytes. */
const [plainVersion, largeVersion] = [20, 45]

function localHeader(name: string): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(plainVersion, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(deflated, 8)
  header.writeUInt32LE(noTime, 10)
  header.writeUInt16LE(Buffer.byteLength(name), 26)
  return Buffer.concat([header, Buffer.from(name)])
}

function descriptor({ crc, packed, size }: File): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x08074b50, 0)
  bytes.writeUInt32LE(crc, 4)
  bytes.writeUInt32LE(packed, 8)
  bytes.writeUInt32LE(size, 12)
  return bytes
}

/** A file in the directory. */
function entry({ name, offset, crc, packed, size }: File, far: number): Buffer {
  const isFar = offset >= far
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(isFar ? largeVersion : plainVersion, 4)
  header.writeUInt16LE(isFar ? largeVersion : plainVersion, 6)
  header.writeUInt16LE(flags, 8)
  header.writeUInt16LE(deflated, 10)
  header.writeUInt32LE(noTime, 12)
  header.writeUInt32LE(crc, 16)
  header.writeUInt32LE(packed, 20)
  header.writeUInt32LE(size, 24)
  header.writeUInt16LE(Buffer.byteLength(name), 28)
  header.writeUInt16LE(isFar ? 12 : 0, 30)
  header.writeUInt32LE(isFar ? most : offset, 42)
  if (!isFar) return Buffer.concat([header, Buffer.from(name)])
  const extra = Buffer.alloc(12)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(8, 2)
  extra.writeBigUInt64LE(BigInt(offset), 4)
  return Buffer.concat([header, Buffer.from(name), extra])
}

/** Behind the directory: how long it is, and where it begins. */
function end(
  files: readonly File[],
  { offset, far }: { readonly offset: number; readonly far: number },
): readonly Buffer[] {
  const length = files.reduce((sum, file) => sum + entry(file, far).length, 0)
  const last = Buffer.alloc(22)
  last.writeUInt32LE(0x06054b50, 0)
  last.writeUInt16LE(files.length, 8)
  last.writeUInt16LE(files.length, 10)
  last.writeUInt32LE(length, 12)
  last.writeUInt32LE(offset < far ? offset : most, 16)
  if (offset < far) return [last]
  const large = Buffer.alloc(56)
  large.writeUInt32LE(0x06064b50, 0)
  large.writeBigUInt64LE(44n, 4)
  large.writeUInt16LE(largeVersion, 12)
  large.writeUInt16LE(largeVersion, 14)
  large.writeBigUInt64LE(BigInt(files.length), 24)
  large.writeBigUInt64LE(BigInt(files.length), 32)
  large.writeBigUInt64LE(BigInt(length), 40)
  large.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + length), 8)
  locator.writeUInt32LE(1, 16)
  return [large, locator, last]
}
