import { createServer } from 'node:net'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterEach, expect, it } from 'vitest'
import { inBackground, whileSomebodyWaits } from '../../lambdas/adapters/patience.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** The longest that the SDK sleeps between two attempts. Milliseconds. */
const longestPause = 20_000

it('All attempts at one call to AWS end before the function does that somebody waits for', () => {
  const { maxAttempts, requestHandler } = whileSomebodyWaits
  const each = requestHandler.connectionTimeout + requestHandler.requestTimeout
  // 15 seconds for the history; of the 29 for keys, the exchange may take 20. Pauses of two retries: 300 ms at most.
  expect(maxAttempts * each + 300).toBeLessThan(10_000)
})

it('All attempts at one call to AWS in the background end before five minutes are over', () => {
  const { maxAttempts, requestHandler } = inBackground
  const each = requestHandler.connectionTimeout + requestHandler.requestTimeout
  expect(maxAttempts * (each + longestPause)).toBeLessThan(300_000)
})

it('A service that takes a call and never answers is given up, and not only warned of', async () => {
  let calls = 0
  const server = createServer((socket) => {
    calls += 1
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const client = new SecretsManagerClient({
    ...whileSomebodyWaits,
    requestHandler: { ...whileSomebodyWaits.requestHandler, requestTimeout: 50 },
    maxAttempts: 2,
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  closing.push(
    () => client.destroy(),
    () => server.close(),
  )
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'x' }))).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  expect(calls).toBe(2)
})
