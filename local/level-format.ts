/** One version of an entry of a LevelDB: without a value, it was removed. The greatest sequence is the latest. */
export type Version = { readonly key: string; readonly sequence: number; readonly value?: string }

export function versionFrom(key: string, sequence: number, kind: number, value: Buffer): Version {
  return kind === 1 ? { key, sequence, value: value.toString() } : { key, sequence }
}

export function reader(bytes: Buffer, start = 0, end = bytes.length) {
  let at = start
  function byte(): number {
    if (at >= end) throw new Error('There is less to read than was said.')
    at += 1
    return bytes[at - 1] ?? 0
  }
  return {
    isAtEnd: () => at >= end,
    byte,
    /** Seven bits in each byte, the least first. */
    number(): number {
      let value = 0
      for (let factor = 1; ; factor *= 128) {
        const next = byte()
        value += (next % 128) * factor
        if (next < 128) return value
        if (factor > 2 ** 42) throw new Error('That is no number.')
      }
    },
    bytes(length: number): Buffer {
      if (at + length > end) throw new Error('There is less to read than was said.')
      at += length
      return bytes.subarray(at - length, at)
    },
  }
}

/** CRC-32C (Castagnoli), for each value of a byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0)
  return remainder
})

export function withByte(sum: number, byte: number): number {
  return (sum >>> 8) ^ (remainders[(sum ^ byte) & 0xff] ?? 0)
}

function crc32c(bytes: Buffer): number {
  let sum = -1
  for (let index = 0; index < bytes.length; index += 1)
    sum = (sum >>> 8) ^ (remainders[(sum ^ (bytes[index] ?? 0)) & 0xff] ?? 0)
  return sum
}

export function checksumOf(bytes: Buffer): number {
  return masked(crc32c(bytes))
}

/** As LevelDB stores a checksum: turned, so that a checksum of what holds checksums means something. */
export function masked(sum: number): number {
  const crc = ~sum >>> 0
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
