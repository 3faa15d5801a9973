import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { inspect } from 'node:util'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { describe, expect, it, onTestFinished } from 'vitest'
import { secretsManagerStorage } from '../../lambdas/adapters/secrets-manager.ts'

const canary = 'canary51d7'

type Asked = { readonly operation: string; readonly input: Record<string, unknown> }
type Answer = { readonly status: number; readonly body: object | string } | 'hang up'

function clientOf(port: number): SecretsManagerClient {
  const client = new SecretsManagerClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  return client
}

async function serve(answer: (asked: Asked) => Answer) {
  const log: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const operation = String(request.headers['x-amz-target']).replace('secretsmanager.', '')
    const asked = { operation, input: JSON.parse(Buffer.concat(chunks).toString()) }
    log.push(asked)
    const answered = answer(asked)
    if (answered === 'hang up') return request.socket.destroy()
    response.writeHead(answered.status, { 'content-type': 'application/x-amz-json-1.1' })
    return response.end(typeof answered.body === 'string' ? answered.body : JSON.stringify(answered.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { client: clientOf((server.address() as AddressInfo).port), log }
}

/** Secrets Manager as far as the adapter knows it. */
function secretsManager() {
  const secrets = new Map<string, unknown>()
  return ({ operation, input }: Asked): Answer => {
    const name = String(input.Name ?? input.SecretId)
    const missing = { status: 400, body: { __type: 'ResourceNotFoundException', Message: 'not found' } }
    switch (operation) {
      case 'CreateSecret':
        if (secrets.has(name)) return { status: 400, body: { __type: 'ResourceExistsException' } }
        secrets.set(name, input.SecretString)
        return { status: 200, body: { Name: name } }
      case 'GetSecretValue':
        return secrets.has(name)
          ? { status: 200, body: { Name: name, SecretString: secrets.get(name) } }
          : missing
      case 'DeleteSecret':
        return secrets.delete(name) ? { status: 200, body: { Name: name } } : missing
      default:
        return { status: 400, body: { __type: 'UnknownOperationException' } }
    }
  }
}

describe('secrets in Secrets Manager', () => {
  it('are created under their prefix, read, and deleted beyond recovery', async () => {
    const { client, log } = await serve(secretsManager())
    const storage = secretsManagerStorage(client, { prefix: 'history/', kmsKeyId: 'alias/own' })
    await storage.put('one', `${canary} \u{1f511}`)
    expect(await storage.get('one')).toBe(`${canary} \u{1f511}`)
    await storage.remove('one')
    await storage.remove('one')
    expect(await storage.get('one')).toBeUndefined()
    expect(log).toMatchObject([
      { operation: 'CreateSecret', input: { Name: 'history/one', KmsKeyId: 'alias/own' } },
      { operation: 'GetSecretValue', input: { SecretId: 'history/one' } },
      { operation: 'DeleteSecret', input: { SecretId: 'history/one', ForceDeleteWithoutRecovery: true } },
      { operation: 'DeleteSecret' },
      { operation: 'GetSecretValue' },
    ])
  })

  it('leave the choice of the key to AWS when none is named', async () => {
    const { client, log } = await serve(secretsManager())
    await secretsManagerStorage(client, { prefix: '' }).put('one', 'value')
    expect(log[0]?.input).not.toHaveProperty('KmsKeyId')
  })

  it('that are marked for deletion are gone', async () => {
    const Message = "You can't perform this operation on the secret because it was marked for deletion."
    const { client } = await serve(() => ({
      status: 400,
      body: { __type: 'InvalidRequestException', Message },
    }))
    expect(await secretsManagerStorage(client, { prefix: '' }).get('one')).toBeUndefined()
  })

  it('that cannot be read while their key is disabled are not taken for gone', async () => {
    const { client } = await serve(() => ({
      status: 400,
      body: { __type: 'InvalidRequestException', Message: 'KMS key is disabled' },
    }))
    await expect(secretsManagerStorage(client, { prefix: '' }).get('one')).rejects.toThrow(
      'Secrets Manager did not read the credentials one: InvalidRequestException.',
    )
  })

  it('are never silently not stored', async () => {
    const { client } = await serve(() => ({ status: 400, body: { __type: 'ResourceNotFoundException' } }))
    await expect(secretsManagerStorage(client, { prefix: '' }).put('one', canary)).rejects.toThrow(
      'Secrets Manager did not store the credentials one: ResourceNotFoundException.',
    )
  })

  it.each<[string, Answer, string]>([
    [
      'a refusal that quotes the value',
      { status: 400, body: { __type: 'AccessDeniedException', Message: canary } },
      'AccessDeniedException',
    ],
    ['an error named like the value', { status: 400, body: { __type: canary } }, '.*'],
    ['a page instead of an answer', { status: 502, body: `<html>${canary}</html>` }, '.*'],
    ['a connection that breaks', 'hang up', 'ECONNRESET'],
  ])('show nothing of their value in an error, after %s', async (_what, answer, code) => {
    const { client } = await serve(() => answer)
    const storage = secretsManagerStorage(client, { prefix: 'history/' })
    const [put, get, remove] = await Promise.all(
      [storage.put('one', canary), storage.get('one'), storage.remove('one')].map((call) =>
        call.catch((error: unknown) => error),
      ),
    )
    for (const [error, what] of [
      [put, 'store'],
      [get, 'read'],
      [remove, 'remove'],
    ] as const) {
      const sentence = new RegExp(`^Secrets Manager did not ${what} the credentials one: ${code}\\.$`)
      expect((error as Error).message).toMatch(sentence)
      expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain(canary)
    }
  })
})

/** Python's emulation of AWS, of which npm knows nothing. */
const moto = 'moto_server'
const installed = spawnSync(moto, ['--help']).status === 0

describe('secrets in moto_server', () => {
  it.skipIf(!installed)(
    `are created, read and deleted${installed ? '' : ' (moto_server is not installed)'}`,
    async () => {
      const port = await freePort()
      const server = spawn(moto, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
      onTestFinished(() => void server.kill())
      await until(async () => (await fetch(`http://127.0.0.1:${port}/moto-api/`)).ok)
      const storage = secretsManagerStorage(clientOf(port), { prefix: 'history/' })
      expect(await storage.get('one')).toBeUndefined()
      await storage.put('one', canary)
      await storage.put('two', 'other')
      expect(await storage.get('one')).toBe(canary)
      await storage.remove('one')
      await storage.remove('one')
      expect(await storage.get('one')).toBeUndefined()
      expect(await storage.get('two')).toBe('other')
      await expect(storage.put('two', canary)).rejects.toThrow('two: ResourceExistsException.')
    },
  )
})

async function freePort(): Promise<number> {
  const server = createSocketServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function until(ready: () => Promise<boolean>): Promise<void> {
  while (!(await ready().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 100))
}
