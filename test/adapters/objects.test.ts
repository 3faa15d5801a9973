import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { statementBucket } from '../../lambdas/adapters/cloud-statements.ts'
import { objectLinks } from '../../lambdas/adapters/object-links.ts'
import { objectStore } from '../../lambdas/adapters/objects.ts'
import { uploads } from '../../lambdas/adapters/uploads.ts'
import { DraftGoneError } from '../../lambdas/domain/draft-gone.ts'
import { keepsContent } from '../conformance/file-ports.ts'

/** Python's emulation of AWS, of which npm knows nothing. */
const moto = 'moto_server'
const installed = spawnSync(moto, ['--help']).status === 0
const bucket = 'exports'
const megabyte = 1024 * 1024

describe.skipIf(!installed)(`objects${installed ? '' : ' (moto_server is not installed)'}`, () => {
  let endpoint: string
  let client: S3Client
  let store: ReturnType<typeof objectStore>
  let links: ReturnType<typeof objectLinks>
  let stop: () => void

  beforeAll(async () => {
    const port = await freePort()
    const server = spawn(moto, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    endpoint = `http://127.0.0.1:${port}`
    client = clientOf(endpoint)
    stop = () => {
      client.destroy()
      server.kill()
    }
    await until(async () => (await fetch(`${endpoint}/moto-api/`)).ok)
    const LocationConstraint = 'eu-central-1'
    await client.send(
      new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint } }),
    )
    store = objectStore(client, { bucket })
    links = objectLinks(client.config, { bucket, endpoint })
  })

  afterAll(() => stop())

  async function unfinishedUploads(): Promise<number> {
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    return Uploads?.length ?? 0
  }

  keepsContent(async () => statementBucket(client, bucket), { isEmulated: true })

  it('are downloaded through a link as a file with its name and type', async () => {
    const lines = ['time,amount\n', Buffer.from('2026-01-31,0.1\n'), '※ naïve\n']
    const options = { contentType: 'text/csv; charset=utf-8', downloadName: 'Jürgen’s "history" (2026).csv' }
    await store.write('one/history', generate(lines), options)
    const answer = await fetch(await links.link('one/history'))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="J_rgen_s _history_ (2026).csv"; ` +
        `filename*=UTF-8''J%C3%BCrgen%E2%80%99s%20%22history%22%20%282026%29.csv`,
    )
    expect(await answer.text()).toBe('time,amount\n2026-01-31,0.1\n※ naïve\n')
  })

  it('are offered for saving when they have no name of their own', async () => {
    await store.write('nameless', generate(['<script>']), { contentType: 'text/html' })
    const answer = await fetch(await links.link('nameless'))
    expect(answer.headers.get('content-disposition')).toBe('attachment')
  })

  it('have links that last a quarter of an hour, or as long as is asked for', async () => {
    expect(expiry(await links.link('one'))).toBe('900')
    expect(expiry(await links.link('one', 60))).toBe('60')
  })

  it('of many parts arrive byte by byte, and their source is never asked for more than the next part', async () => {
    const written = createHash('sha256')
    let sent = 0
    const counting = clientOf(endpoint)
    counting.middlewareStack.add(
      (next, context) => async (request) => {
        const answer = await next(request)
        if (context.commandName === 'UploadPartCommand') sent += 5
        return answer
      },
      { step: 'initialize' },
    )
    let farthestAhead = 0
    async function* large() {
      for (let part = 0; part < 40; part += 1) {
        const bytes = Buffer.alloc(megabyte, part)
        written.update(bytes)
        farthestAhead = Math.max(farthestAhead, part - sent)
        yield bytes
      }
    }
    await objectStore(counting, { bucket }).write('large', large(), { contentType: 'text/csv' })
    expect(farthestAhead).toBeLessThanOrEqual(7)
    expect(await store.size('large')).toBe(40 * megabyte)
    const read = createHash('sha256')
    const answer = await fetch(await links.link('large'))
    for await (const chunk of answer.body ?? []) read.update(chunk)
    expect(read.digest('hex')).toBe(written.digest('hex'))
  })

  it('may be empty', async () => {
    await store.write('empty', generate([]), { contentType: 'text/csv' })
    expect(await store.size('empty')).toBe(0)
    expect(await (await fetch(await links.link('empty'))).text()).toBe('')
  })

  it.each([0, 3, 12])(
    'whose source fails after %i MB do not appear, and leave no part behind',
    async (size) => {
      async function* failing() {
        for (let part = 0; part < size; part += 1) yield Buffer.alloc(megabyte)
        throw new Error('the table is gone')
      }
      const writing = store.write(`half ${size}`, failing(), { contentType: 'text/csv' })
      await expect(writing).rejects.toThrow('the table is gone')
      expect(await store.size(`half ${size}`)).toBeUndefined()
      expect(await unfinishedUploads()).toBe(0)
    },
  )

  it('stay as they were when what should replace them fails', async () => {
    await store.write('kept', generate(['first']), { contentType: 'text/csv' })
    async function* failing() {
      yield Buffer.alloc(6 * megabyte)
      throw new Error('the table is gone')
    }
    await expect(store.write('kept', failing(), { contentType: 'text/csv' })).rejects.toThrow()
    expect(await (await fetch(await links.link('kept'))).text()).toBe('first')
  })

  it('close their source when S3 fails', async () => {
    let closed = false
    async function* endless() {
      try {
        for (;;) yield Buffer.alloc(megabyte)
      } finally {
        closed = true
      }
    }
    const elsewhere = objectStore(client, { bucket: 'no-such-bucket' })
    await expect(elsewhere.write('one', endless(), { contentType: 'text/csv' })).rejects.toThrow(/exist/)
    expect(closed).toBe(true)
  })

  it('are read whole, and one that is not there is none', async () => {
    await store.write('read', generate(['one ', 'text']), { contentType: 'text/csv' })
    expect(Buffer.from((await store.read('read')) ?? []).toString()).toBe('one text')
    expect(await store.read('nowhere')).toBeUndefined()
  })

  it('may be written in several goes, of which each begins where the last one was kept', async () => {
    const { upload } = uploads(client, { bucket })
    const options = { contentType: 'text/csv', downloadName: 'x.csv' }
    const written = createHash('sha256')
    let kept: unknown
    for (const [go, sizes] of [[1], [9, 9], [0, 4, 12], [3]].entries()) {
      const one = await upload('goes', options, kept)
      for (const size of sizes) {
        const bytes = Buffer.alloc(size * megabyte, go + 1)
        written.update(bytes)
        await one.append(bytes)
      }
      kept = await one.keep()
      // Written by one that died, and written again by the next.
      await one.append(Buffer.alloc(megabyte, 99))
    }
    expect(await store.size('goes')).toBeUndefined()
    await (await upload('goes', options, kept)).finish()
    const read = createHash('sha256')
    for await (const chunk of (await fetch(await links.link('goes'))).body ?? []) read.update(chunk)
    expect(read.digest('hex')).toBe(written.digest('hex'))
    expect(await unfinishedUploads()).toBe(0)
  })

  it('that were begun and are given up leave no part behind; who goes on with them hears it', async () => {
    const { upload } = uploads(client, { bucket })
    const options = { contentType: 'text/csv' }
    const one = await upload('given up', options)
    await one.append(Buffer.alloc(17 * megabyte))
    const kept = await one.keep()
    await one.abandon()
    expect(await unfinishedUploads()).toBe(0)
    const answering = clientOf(endpoint)
    // The emulation answers something that is no XML.
    answering.middlewareStack.add(
      () => async () => {
        throw Object.assign(new Error('gone'), { name: 'NoSuchUpload' })
      },
      { step: 'initialize' },
    )
    const other = await uploads(answering, { bucket }).upload('given up', options, kept)
    await expect(other.append(Buffer.alloc(17 * megabyte))).rejects.toBeInstanceOf(DraftGoneError)
    await expect(other.finish()).rejects.toBeInstanceOf(DraftGoneError)
    expect(await store.size('given up')).toBeUndefined()
  })

  it('whose parts another process wrote over do not appear as a mixture', async () => {
    const { upload } = uploads(client, { bucket })
    const options = { contentType: 'text/csv' }
    const first = await upload('mixed', options)
    await first.append(Buffer.alloc(6 * megabyte, 1))
    const kept = await first.keep()
    const second = await upload('mixed', options, kept)
    await second.append(Buffer.alloc(16 * megabyte, 2))
    await first.append(Buffer.alloc(16 * megabyte, 3))
    await expect(second.finish()).rejects.toBeInstanceOf(DraftGoneError)
    await second.abandon()
  })

  it('are removed, and removing them again succeeds', async () => {
    await store.write('gone', generate(['text']), { contentType: 'text/csv' })
    await store.remove('gone')
    await store.remove('gone')
    expect(await store.size('gone')).toBeUndefined()
    expect((await fetch(await links.link('gone'))).status).toBe(404)
  })

  it('that may not be looked at are an error, not missing', async () => {
    const refusing = createHttpServer((_request, response) => response.writeHead(403).end())
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void refusing.close())
    const { port } = refusing.address() as AddressInfo
    const refused = clientOf(`http://127.0.0.1:${port}`)
    await expect(objectStore(refused, { bucket }).size('one')).rejects.toThrow()
  })
})

function clientOf(endpoint: string): S3Client {
  return new S3Client({
    region: 'eu-central-1',
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
}

async function* generate(parts: readonly (Uint8Array | string)[]): AsyncGenerator<Uint8Array | string> {
  yield* parts
}

function expiry(link: string): string | null {
  return new URL(link).searchParams.get('X-Amz-Expires')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function until(ready: () => Promise<boolean>): Promise<void> {
  while (!(await ready().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 100))
}
