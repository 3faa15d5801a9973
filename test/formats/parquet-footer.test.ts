import { ByteWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { describe, expect, it } from 'vitest'
import { type FooterFacts, footerOf, type Group, packedGroup } from '../../lambdas/formats/parquet-footer.ts'

const facts: FooterFacts = {
  schema: [
    { name: 'transactions', num_children: 1 },
    { name: 'time', type: 'INT64', repetition_type: 'REQUIRED' },
  ],
  createdBy: 'a test',
  keyValues: [{ key: 'state', value: 'complete' }],
  rows: 123_456n,
}

/** Each with other numbers, of one byte and of many. */
function group(index: number): Group {
  return {
    columns: [
      {
        file_offset: BigInt(4 + index * 100_000),
        meta_data: {
          type: 'INT64',
          encodings: ['PLAIN'],
          path_in_schema: ['time'],
          codec: 'SNAPPY',
          num_values: BigInt(index),
          total_uncompressed_size: BigInt(index * 8),
          total_compressed_size: 7n,
          data_page_offset: BigInt(4 + index * 100_000),
          statistics: { min_value: BigInt(index), max_value: 1_700_000_000_000n, null_count: 0n },
        },
      },
    ],
    total_byte_size: BigInt(index * 8),
    num_rows: BigInt(index),
  }
}

/** As the library ends a file of which it holds all groups. */
function byTheLibrary(groups: readonly Group[]): Uint8Array {
  const bytes = new ByteWriter()
  writeMetadata(bytes, {
    version: 2,
    created_by: facts.createdBy,
    schema: [...facts.schema],
    num_rows: facts.rows,
    row_groups: [...groups],
    key_value_metadata: [...(facts.keyValues ?? [])],
    metadata_length: 0,
  })
  return Buffer.concat([bytes.getBytes(), Buffer.from('PAR1')])
}

describe('the footer of a Parquet file', () => {
  it.each([1, 2, 14, 15, 16, 127, 128, 300])(
    'is, of %i groups that were packed one by one, what the library makes of all of them at once',
    (count) => {
      const groups = Array.from({ length: count }, (_, index) => group(index))
      const packed = groups.map((one) => packedGroup(one, facts.schema))
      expect(Buffer.from(footerOf(facts, packed)).equals(byTheLibrary(groups))).toBe(true)
    },
  )

  it('says of no groups, too, what they would be, which the library does not', () => {
    const [ours, theirs] = [footerOf(facts, []), byTheLibrary([])]
    const differing = [...ours].flatMap((byte, index) =>
      byte === theirs[index] ? [] : [[theirs[index], byte]],
    )
    expect(ours).toHaveLength(theirs.length)
    expect(differing).toEqual([[0x00, 0x0c]])
  })
})
