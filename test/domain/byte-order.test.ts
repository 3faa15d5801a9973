import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareBytes } from '../../lambdas/domain/byte-order.ts'

it('orders any two texts as their UTF-8 bytes are ordered', () => {
  const sign = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 1 }),
    fc.constantFrom('ｱ', '🙂', '\uffff', '\ue000', 'a'),
  )
  const text = fc.array(sign, { maxLength: 4 }).map((signs) => signs.join(''))
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { numRuns: 1_000 },
  )
})
