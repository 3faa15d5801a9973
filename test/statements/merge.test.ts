import { describe, it } from 'vitest'
import { mergesRight } from './histories.ts'

describe('a merge of any history, whatever the API serves and statements tell of it', () => {
  it('holds each event once, whole, under one key, in whatever order it came', () => {
    mergesRight({ numRuns: 25 })
  })
})
