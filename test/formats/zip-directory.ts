import type { Buffer } from 'node:buffer'
import { inflateRawSync } from 'node:zlib'

/**
 * The files of an archive by its directory alone, read from the back as programs do (PKWARE's APPNOTE 6.3, 4.3.12 to 4.3.16 and
 * 4.5.3): what 32 bits cannot tell stands in 64 elsewhere.
 */
export function directoryOf(archive: Buffer): ReadonlyMap<string, string> {
  const { count, offset } = endOf(archive)
  const files = new Map<string, string>()
  let at = offset
  for (let index = 0; index < count; index++) {
    signed(archive, at, 0x02014b50)
    const [nameLength, extraLength] = [archive.readUInt16LE(at + 28), archive.readUInt16LE(at + 30)]
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength)
    const extra = archive.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)
    const place = archive.readUInt32LE(at + 42)
    const packed = archive.readUInt32LE(at + 20)
    files.set(name, contentAt(archive, place === full ? farPlace(extra) : place, packed))
    at += 46 + nameLength + extraLength
  }
  return files
}

const full = 0xffffffff

function endOf(archive: Buffer): { readonly count: number; readonly offset: number } {
  const end = archive.length - 22
  signed(archive, end, 0x06054b50)
  const [count, offset] = [archive.readUInt16LE(end + 10), archive.readUInt32LE(end + 16)]
  if (offset !== full) return { count, offset }
  signed(archive, end - 20, 0x07064b50)
  const large = Number(archive.readBigUInt64LE(end - 20 + 8))
  signed(archive, large, 0x06064b50)
  return {
    count: Number(archive.readBigUInt64LE(large + 32)),
    offset: Number(archive.readBigUInt64LE(large + 48)),
  }
}

function farPlace(extra: Buffer): number {
  if (extra.readUInt16LE(0) !== 1) throw new Error('There is no place in 64 bits.')
  return Number(extra.readBigUInt64LE(4))
}

function contentAt(archive: Buffer, place: number, packed: number): string {
  signed(archive, place, 0x04034b50)
  const data = place + 30 + archive.readUInt16LE(place + 26) + archive.readUInt16LE(place + 28)
  return inflateRawSync(archive.subarray(data, data + packed)).toString('utf8')
}

function signed(archive: Buffer, place: number, signature: number): void {
  if (archive.readUInt32LE(place) !== signature) throw new Error(`Nothing of this kind is at ${place}.`)
}
