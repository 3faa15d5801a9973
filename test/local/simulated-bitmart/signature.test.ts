import { expect, test } from 'vitest'
import { publishedSignature, sign } from '../../../local/simulated-bitmart/signature.ts'

test('the published example of a signature comes out exactly', () => {
  const { secret, timestamp, memo, body, signature } = publishedSignature
  expect(sign(secret, timestamp, memo, body)).toBe(signature)
})

test('a memo beyond ASCII is signed as UTF-8', () => {
  // python3: hmac.new(b'secret', '1#mémo ※ 東京 !#{}'.encode(), 'sha256').hexdigest()
  expect(sign('secret', '1', 'mémo ※ 東京 !', '{}')).toBe(
    '2425004baa6bfd6091aca0fb9b0e0c0e55d04b6d736285382386cf0deaf5406b',
  )
})
