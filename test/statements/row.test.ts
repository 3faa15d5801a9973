import { expect, test } from 'vitest'
import {
  type NumberField,
  numberFields,
  type Reading,
  type StatementRow,
  type TextField,
  textFields,
} from '../../lambdas/statements/row.ts'

test('a field of a statement row is a number or a word, and each is named once', () => {
  const all: readonly string[] = [...numberFields, ...textFields]
  expect(new Set(all).size).toBe(all.length)
})

test('every field of a row but its place, its times and its cells is one that a grain can name', () => {
  type Named = NumberField | TextField
  const told: Record<
    Exclude<keyof StatementRow, 'line' | 'stream' | 'wall' | 'times' | 'openWall' | 'raw' | 'own' | 'ownId'>,
    true
  > &
    Record<Named, true> = Object.fromEntries(
    [...numberFields, ...textFields].map((field) => [field, true]),
  ) as Record<Named, true>
  const reading: Reading['grain']['fields'] = [...textFields, ...numberFields]
  expect(Object.keys(told)).toHaveLength(reading.length)
})
