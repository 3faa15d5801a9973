import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indented, rawOf } from '../../web/raw-text.ts'

describe('a payload that is shown', () => {
  it('is what was served, digit by digit', () => {
    const raw = '{"price":0.10000000000000000001,"size":1e-30,"note":"a \\"raw\\": {b}, [c]"}'
    expect(rawOf(`{"id":"x,\\"raw\\":","raw":${raw}}`)).toBe(raw)
    expect(indented(raw)).toContain('"price": 0.10000000000000000001,\n  "size": 1e-30')
  })

  it('has line breaks and indents, and no token more or less', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(JSON.stringify(JSON.parse(indented(json)))).toBe(JSON.stringify(JSON.parse(json)))
      }),
    )
  })
})
