import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const canary = 'CANARY-SECRET-0123456789'

/** Everything that a function writes: Lambda keeps it as its log. */
const { stdout, stderr } = spawnSync(
  process.execPath,
  ['--import', 'tsx', fileURLToPath(new URL('telemetry-process.ts', import.meta.url)), canary],
  {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      POWERTOOLS_SERVICE_NAME: 'worker',
      POWERTOOLS_METRICS_NAMESPACE: 'ExchangeHistory',
    },
  },
)
const output = stdout + stderr
const lines = output
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))

describe('what a function tells of itself', () => {
  it('is a line of JSON with the fields that are allowed, and no other', () => {
    expect(lines.find(({ message }) => message === 'ended')).toEqual({
      level: 'INFO',
      message: 'ended',
      service: 'worker',
      sampling_rate: 0,
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      requestId: 'request-1',
      connection: 'c1',
      new: 3,
    })
    expect(output).not.toContain('CANARY')
  })

  it('names an error that ends the invocation, and quotes nothing of it', () => {
    expect(lines.filter(({ level }) => level === 'ERROR')).toMatchObject([
      { message: 'failed', requestId: 'request-2', code: 'TypeError', 'message-id': 'm1' },
      { message: 'failed', requestId: 'request-3', code: 'TypeError' },
    ])
    const [thrown] = lines.flatMap((line) => line.thrown ?? [])
    expect(thrown.message).toContain('TypeError')
    expect(output).not.toContain('example.com')
  })

  it('has figures under the namespace and the name of the function, when the invocation fails too', () => {
    const figures = lines.filter((entry) => entry._aws !== undefined)
    expect(figures).toMatchObject([{ RowsNew: 3 }, { RunsFailed: 1 }, { RunsFailed: 1 }])
    expect(figures[0]).toMatchObject({ service: 'worker' })
    expect(figures[0]._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'ExchangeHistory',
      Dimensions: [['service']],
      Metrics: [{ Name: 'RowsNew', Unit: 'Count' }],
    })
  })
})
