import { expect, test } from 'vitest'
import { publishedSignatures, sign, signed } from '../../../local/simulated-bingx/signature.ts'

test.each(publishedSignatures)(
  'the published example comes out exactly: $query',
  ({ secret, query, signature }) => {
    expect(sign(secret, query)).toBe(signature)
  },
)

test('what is signed is in the order of its names, its values as they are, without the signature', () => {
  expect(signed({ timestamp: '1', symbol: 'ATOM(ARC20)-USDT', Limit: '5', signature: 'ff' })).toBe(
    'Limit=5&symbol=ATOM(ARC20)-USDT&timestamp=1',
  )
})
