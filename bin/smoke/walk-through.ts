import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AnsweredError, type Ask } from './asking.ts'

/** What is typed into the form: only ever sent, never said. */
export type TypedKey = {
  readonly exchange: string
  readonly apiKey: string
  readonly secret: string
  readonly passphrase?: string
}

export type WalkPorts = {
  readonly ask: Ask
  /** The same without a token; absent where nobody has to sign in. */
  readonly askAsNobody?: Ask
  readonly download: (address: string, signal: AbortSignal) => Promise<Uint8Array>
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly clock: () => number
  readonly say: (sentence: string) => void
  /** Fires when whoever started it wants it to stop. What was begun is tidied up all the same. */
  readonly signal: AbortSignal
  /** How long a sync or an export may take. Milliseconds. */
  readonly patience: number
}

/** How the walk's own connections are known: one that was cut short has left its own. */
const label = 'smoke test'

const exchangeList = z.object({ items: z.array(z.object({ id: z.string() })) })
const connectionList = z.object({
  items: z.array(z.object({ id: z.string(), label: z.string().optional() })),
})
const connected = z.object({ id: z.string(), sync: z.object({ id: z.string() }) })
const run = z.object({
  state: z.string(),
  percent: z.number(),
  failure: z.object({ sentence: z.string() }).optional(),
  streams: z.array(z.object({ new: z.int() })),
})
const page = z.object({ items: z.array(z.object({ id: z.string() })), nextCursor: z.string().optional() })
const written = z.object({
  id: z.string(),
  state: z.string(),
  download: z.string().optional(),
  statement: z.array(z.string()).default([]),
})
const anything = z.unknown()

/**
 * What a user does, from the key to nothing left: connects, syncs, reads, exports, disconnects. Says each step when it is done, and
 * throws a sentence at the first that does not do what it should; the connection is gone again in either case. Returns how the sync
 * ended.
 */
export async function walkThrough(ports: WalkPorts, key: TypedKey): Promise<string> {
  const { ask, say, signal } = ports
  const { items } = await ask('/v1/exchanges', exchangeList, { signal })
  if (!items.some(({ id }) => id === key.exchange))
    throw new Error(`There is no ${key.exchange}, only ${items.map(({ id }) => id).join(', ')}.`)
  say('The API answers, and knows the exchange.')
  await expectShutDoor(ports)
  await forgetWhatWasLeft(ports)

  const { id, sync } = await ask('/v1/connections', connected, {
    method: 'POST',
    body: { ...key, label },
    signal,
  })
  say('The key is connected.')
  // Asked without the signal: whoever stops it does not want the key to stay.
  const disconnect = () => ask(`/v1/connections/${id}?history=delete`, anything, { method: 'DELETE' })
  let state: string
  try {
    state = await followSync(ports, id, sync.id)
  } catch (error) {
    await disconnect().then(
      () => say('It is disconnected, and its history deleted.'),
      // What went wrong first is what there is to be told.
      () => say('It could not be disconnected either: the next smoke test will do that.'),
    )
    throw error
  }
  await disconnect()
  say('It is disconnected, and its history deleted.')
  await expectGone(ports, id)
  say('Nothing is left of it.')
  return state
}

async function expectShutDoor({ askAsNobody, say, signal }: WalkPorts): Promise<void> {
  if (askAsNobody === undefined) return
  const status = await askAsNobody('/v1/connections', anything, { signal }).then(
    () => 200,
    (error: unknown) => {
      if (error instanceof AnsweredError) return error.status
      throw error
    },
  )
  if (status !== 401)
    throw new Error(`Whoever has not signed in is answered with ${status}, and not with 401.`)
  say('Nobody is let in without signing in.')
}

async function forgetWhatWasLeft({ ask, say, signal }: WalkPorts): Promise<void> {
  const { items } = await ask('/v1/connections', connectionList, { signal })
  for (const one of items) {
    if (one.label !== label) continue
    await ask(`/v1/connections/${one.id}?history=delete`, anything, { method: 'DELETE' })
    say('What an earlier smoke test had left is deleted.')
  }
}

/** The sync, and what can be had of it afterwards: a list and a file with the same rows. */
async function followSync(ports: WalkPorts, id: string, sync: string): Promise<string> {
  const { ask, say, signal } = ports
  let told = -1
  const ended = await until(
    ports,
    'The sync',
    () => ask(`/v1/connections/${id}/syncs/${sync}`, run, { signal }),
    ({ state, percent }) => {
      const tenth = Math.floor(percent / 10)
      if (tenth > told && state === 'running') say(`Syncing: ${Math.floor(percent)} %.`)
      told = Math.max(told, tenth)
      return state !== 'running'
    },
  )
  const isOver = ['complete', 'unverified', 'incomplete'].includes(ended.state)
  if (!isOver) throw new Error(`The sync ended ${ended.state}. ${ended.failure?.sentence ?? ''}`.trim())
  const stored = ended.streams.reduce((sum, stream) => sum + stream.new, 0)
  say(`The sync ended ${ended.state}, with ${stored} rows.`)
  if (stored === 0)
    throw new Error('No row was stored, which proves nothing: take a key of an account that has traded.')

  const listed = await countListed(ports, id)
  if (listed !== stored) throw new Error(`${stored} rows were stored, and ${listed} are listed.`)
  say('All of them are listed.')

  const exported = await exportedLines(ports, id)
  if (exported !== listed) throw new Error(`${listed} rows are listed, and ${exported} are in the export.`)
  say('All of them are in an export, whose statement names its SHA-256.')
  return ended.state
}

async function countListed({ ask, signal }: WalkPorts, id: string): Promise<number> {
  let listed = 0
  let cursor: string | undefined
  do {
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { items, nextCursor } = await ask(`/v1/transactions?connection=${id}&limit=1000${from}`, page, {
      signal,
    })
    listed += items.length
    cursor = nextCursor
  } while (cursor !== undefined)
  return listed
}

async function exportedLines(ports: WalkPorts, id: string): Promise<number> {
  const { ask, download, signal } = ports
  const asked = await ask('/v1/exports', written, {
    method: 'POST',
    body: { format: 'json-lines', connections: [id] },
    signal,
  })
  const done = await until(
    ports,
    'The export',
    () => ask(`/v1/exports/${asked.id}`, written, { signal }),
    ({ state }) => state !== 'waiting',
  )
  if (done.state !== 'done' || done.download === undefined)
    throw new Error(`The export ended ${done.state}, without a file.`)
  const file = await download(done.download, signal)
  const digest = createHash('sha256').update(file).digest('hex')
  if (!done.statement.join('\n').includes(digest))
    throw new Error('The file of the export is not the one that its statement speaks of.')
  return new TextDecoder()
    .decode(file)
    .split('\n')
    .filter((line) => line !== '').length
}

async function expectGone({ ask, signal }: WalkPorts, id: string): Promise<void> {
  const { items } = await ask('/v1/connections', connectionList, { signal })
  if (items.some((one) => one.id === id)) throw new Error('The connection is still there.')
}

async function until<T>(
  { clock, sleep, signal, patience }: WalkPorts,
  what: string,
  look: () => Promise<T>,
  isSo: (answer: T) => boolean,
): Promise<T> {
  const end = clock() + patience
  for (;;) {
    const answer = await look()
    if (isSo(answer)) return answer
    if (clock() > end) throw new Error(`${what} did not end within ${patience / 60_000} minutes.`)
    await sleep(1_000, signal)
    if (signal.aborted) throw new Error('It was stopped.')
  }
}
