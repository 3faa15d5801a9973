import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createSocketServer } from 'node:net'
import { buffer } from 'node:stream/consumers'
import dynalite from 'dynalite'

/** Python's emulation of AWS, of which npm knows nothing. */
const moto = 'moto_server'

export const motoInstalled = spawnSync(moto, ['--help']).status === 0

/** Secrets Manager, SQS and S3, in a process of its own. */
export async function startMoto(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const port = await freePort()
  const server = spawn(moto, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await until(async () => (await fetch(`${url}/moto-api/`)).ok, 'moto_server answers')
  return {
    url,
    close: async () => {
      const gone = once(server, 'close')
      server.kill('SIGKILL')
      await gone
    },
  }
}

/** DynamoDB in memory. */
export async function startDynalite(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = dynalite({ createTableMs: 0 })
  const url = await listen(server)
  return { url, close: () => closeServer(server) }
}

/** One call of AWS, as it went over the wire. */
export type AwsCall = {
  /** The access key id it was signed with: the name of the function, since each has its own. */
  readonly caller: string
  readonly service: 'DynamoDB' | 'SQS' | 'SecretsManager' | 'KMS' | 'S3'
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
}

export type AwsOptions = {
  readonly dynamodb: string
  readonly others: string
  /** Epoch milliseconds. */
  readonly clock: () => number
}

type Delayed = {
  /** Infinite once it is on its way. */
  due: number
  readonly queue: string
  readonly target: URL
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** All of AWS at one address: hands every call on to the emulator of its service, and remembers it. */
export async function startAws({ dynamodb, others, clock }: AwsOptions) {
  const calls: AwsCall[] = []
  const watchers = new Set<(call: AwsCall) => void>()
  // SQS counts in real seconds; these count by the clock.
  const delayed: Delayed[] = []
  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 120_000

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const call = readCall(incoming, body)
    calls.push(call)
    for (const watch of watchers) watch(call)
    const target = new URL(incoming.url ?? '/', call.service === 'DynamoDB' ? dynamodb : others)
    const { DelaySeconds: delay, ...input } = call.input
    if (call.operation === 'SendMessage' && Number(delay) > 0) {
      const undelayed = Buffer.from(JSON.stringify(input))
      const due = clock() + Number(delay) * 1_000
      const queue = String(input.QueueUrl).split('/').at(-1) ?? ''
      delayed.push({ due, queue, target, headers: incoming.headers, body: undelayed })
      const md5 = createHash('md5').update(String(input.MessageBody)).digest('hex')
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(JSON.stringify({ MessageId: randomUUID(), MD5OfMessageBody: md5 }))
      return
    }
    const answer = await send(target, incoming.method, incoming.headers, body)
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(response)
  }

  const sending = setInterval(() => {
    for (const one of delayed) {
      if (one.due > clock()) continue
      one.due = Number.POSITIVE_INFINITY
      send(one.target, 'POST', one.headers, one.body)
        .then((answer) => answer.resume())
        .catch(() => undefined)
        .finally(() => delayed.splice(delayed.indexOf(one), 1))
    }
  }, 20)

  const url = await listen(server)
  return {
    url,
    /** Every call so far, oldest first. */
    calls: calls as readonly AwsCall[],
    /** How many messages are not in their queue yet. */
    delayed: (queue: string) => delayed.filter((one) => one.queue === queue).length,
    /** Calls `watcher` at each call before it is handed on; the answer ends that. */
    watch(watcher: (call: AwsCall) => void): () => void {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    close: () => {
      clearInterval(sending)
      return closeServer(server)
    },
  }
}

function readCall(incoming: IncomingMessage, body: Buffer): AwsCall {
  const [prefix = '', operation = ''] = String(incoming.headers['x-amz-target'] ?? '').split('.')
  // A link carries its signature in its query.
  const signature = `${incoming.headers.authorization} ${decodeURIComponent(incoming.url ?? '')}`
  const caller = /Credential=([^/]+)\//.exec(signature)?.[1] ?? ''
  const service = serviceOf(prefix)
  if (service === 'S3') {
    const { pathname: path } = new URL(incoming.url ?? '/', 'http://s3')
    return { caller, service, operation: objectOperation(incoming), input: { path } }
  }
  return { caller, service, operation, input: JSON.parse(body.toString('utf8')) }
}

/** The permission that S3 asks for. */
function objectOperation({ method, url = '' }: IncomingMessage): string {
  const abort = method === 'DELETE' && url.includes('uploadId=')
  // Many at once are deleted by a POST.
  if (method === 'POST' && /[?&]delete(=|&|$)/.test(url)) return 'DeleteObject'
  if (method === 'PUT' || method === 'POST') return 'PutObject'
  if (method === 'DELETE') return abort ? 'AbortMultipartUpload' : 'DeleteObject'
  if (url.includes('list-type=2')) return 'ListBucket'
  return 'GetObject'
}

async function send(
  target: URL,
  method: string | undefined,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<IncomingMessage> {
  const outgoing = request(target, {
    method,
    headers: { ...headers, 'content-length': String(body.length) },
  })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  return answer
}

function serviceOf(prefix: string): AwsCall['service'] {
  if (prefix.startsWith('DynamoDB')) return 'DynamoDB'
  if (prefix === 'AmazonSQS') return 'SQS'
  if (prefix === 'secretsmanager') return 'SecretsManager'
  if (prefix === 'TrentService') return 'KMS'
  return 'S3'
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}

async function freePort(): Promise<number> {
  const server = createSocketServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Polls briskly until it is so. Throws after a minute. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  patience = 60_000,
): Promise<void> {
  const end = Date.now() + patience
  while (!(await Promise.resolve(condition()).catch(() => false))) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
