import { ByteWriter, type ParquetWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'

/** What the footer says of a group, as the library made it. */
export type Group = ParquetWriter['row_groups'][number]

type Metadata = Parameters<typeof writeMetadata>[1]

/** Said of the file as a whole. */
export type FooterFacts = {
  readonly schema: ParquetWriter['schema']
  readonly createdBy: string
  readonly keyValues: ParquetWriter['kvMetadata']
  readonly rows: bigint
}

/**
 * What the footer says of one group, as its bytes: less than two KB, where the library's objects take 150 KB, of which a file of ten million
 * rows would hold two thousand until its end.
 */
export function packedGroup(group: Group, schema: FooterFacts['schema']): Uint8Array {
  const facts = { schema, createdBy: '', keyValues: undefined, rows: 0n }
  const { before, after } = aroundGroups(facts)
  const whole = metadataBytes(facts, [group])
  return whole.slice(before.length + 1, whole.length - after.length)
}

/** The end of a file whose groups were packed. */
export function footerOf(facts: FooterFacts, groups: readonly Uint8Array[]): Uint8Array {
  const { before, after } = aroundGroups(facts)
  const size = new ByteWriter()
  // A list in Thrift says how many there are and what they are, also where there are none: strict readers (Arrow's in Rust) insist.
  const isShort = groups.length < 15
  size.appendUint8(((isShort ? groups.length : 15) << 4) | thriftStruct)
  if (!isShort) size.appendVarInt(groups.length)
  const metadata = [before, size.getBytes(), ...groups, after]
  const end = new ByteWriter()
  end.appendUint32(metadata.reduce((sum, { length }) => sum + length, 0))
  return Buffer.concat([...metadata, end.getBytes(), Buffer.from('PAR1')])
}

const thriftStruct = 12

/** What the library writes before and behind the list of groups, whose first byte says how many there are. */
function aroundGroups(facts: FooterFacts) {
  const [none, one] = [metadataBytes(facts, []), metadataBytes(facts, [emptyGroup])]
  const at = none.findIndex((byte, index) => byte !== one[index])
  return { before: none.subarray(0, at), after: none.subarray(at + 1) }
}

const emptyGroup: Group = { columns: [], total_byte_size: 0n, num_rows: 0n }

/** Without their length, which the library writes behind them. */
function metadataBytes(
  { schema, createdBy, keyValues, rows }: FooterFacts,
  groups: readonly Group[],
): Uint8Array {
  const bytes = new ByteWriter()
  const metadata: Omit<Metadata, 'metadata_length'> = {
    version: 2,
    created_by: createdBy,
    schema,
    num_rows: rows,
    row_groups: [...groups],
    key_value_metadata: keyValues,
  }
  writeMetadata(bytes, { ...metadata, metadata_length: 0 })
  return bytes.getBytes().slice(0, -4)
}
