import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Fields, openTelemetry } from '../../lambdas/adapters/telemetry.ts'

const canary = 'CANARY-SECRET-0123456789'

/** Everything that the function writes, entry by entry: Lambda keeps it as its log. */
function listen() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(
        ...String(chunk)
          .split('\n')
          .filter((line) => line !== ''),
      )
      done()
    },
  })
  const listening = new Console(stream, stream)
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...words) => listening[level](...words))
  vi.stubEnv('POWERTOOLS_DEV', 'true')
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'worker')
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'ExchangeHistory')
  return lines
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

describe('what a function tells of itself', () => {
  it('is JSON with the fields that are allowed, and no other', async () => {
    const lines = listen()
    // A field that nobody allowed gets here only past the type checker.
    const fields: Fields = Object.assign({ connection: 'c1', new: 3 }, { apiKey: canary, raw: { canary } })
    await openTelemetry().invocation('request-1', {}, async (here) => here.log('info', 'ended', fields))
    const [entry] = lines.map((line) => JSON.parse(line))
    expect(entry).toMatchObject({
      level: 'INFO',
      message: 'ended',
      requestId: 'request-1',
      connection: 'c1',
      new: 3,
    })
    expect(lines.join()).not.toContain('CANARY')
  })

  it('names an error that ends the invocation, and quotes nothing of it', async () => {
    const lines = listen()
    const cause = Object.assign(new TypeError(`https://example.com/?key=${canary}`), { config: { canary } })
    const thrown = await openTelemetry()
      .invocation('request-1', { 'message-id': 'm1' }, async () => {
        throw cause
      })
      .catch((error: unknown) => error)
    expect(lines.map((line) => JSON.parse(line))[0]).toMatchObject({
      level: 'ERROR',
      message: 'failed',
      code: 'TypeError',
      'message-id': 'm1',
    })
    const told = thrown instanceof Error ? `${thrown.message}${thrown.stack}${JSON.stringify(thrown)}` : ''
    expect(told).toContain('TypeError')
    expect(told + lines.join()).not.toContain('CANARY')
  })

  it('has figures under the namespace and the name of the function, when the invocation fails too', async () => {
    const lines = listen()
    const telemetry = openTelemetry()
    await telemetry.invocation('1', {}, async (here) => here.measure('RowsNew', 3))
    await telemetry
      .invocation('2', {}, async (here) => {
        here.measure('RunsFailed', 1)
        throw new Error('no')
      })
      .catch(() => undefined)
    const figures = lines.map((line) => JSON.parse(line)).filter((entry) => entry._aws !== undefined)
    expect(figures).toHaveLength(2)
    expect(figures[0]).toMatchObject({ service: 'worker', RowsNew: 3 })
    expect(figures[0]._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'ExchangeHistory',
      Dimensions: [['service']],
      Metrics: [{ Name: 'RowsNew', Unit: 'Count' }],
    })
    expect(figures[1]).toMatchObject({ RunsFailed: 1 })
  })
})
