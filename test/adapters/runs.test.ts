import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { runStore } from '../../lambdas/adapters/runs.ts'
import { runKey } from '../../lambdas/adapters/table-keys.ts'
import type { Owner } from '../../lambdas/domain/connection.ts'
import type { Run } from '../../lambdas/domain/run.ts'
import { temporaryStore } from './temporary-store.ts'

const owner: Owner = { user: 'ann', connection: 'c1' }

function run(id: string, more: Partial<Run> = {}): Run {
  return {
    id,
    connection: 'c1',
    state: 'running',
    startedAt: 1_700_000_000_000,
    requests: 3,
    streams: [
      {
        stream: 'spot-trade',
        state: 'failed',
        requests: 3,
        served: 200,
        new: 150,
        changed: 1,
        unchanged: 49,
        percent: 33.25,
        names: [{ each: 'coins', asked: 3, of: 7, apart: { filter: 'status', values: ['0', '1'] } }],
        failure: 'exchange-down',
        note: 'not-served',
        revised: 1,
        vanished: 2,
        gaps: [{ from: 1, to: 2, reason: 'failed', partitions: ['a', 'b', 'c'], morePartitions: 4 }],
        unverified: [{ from: 2, to: 3, reason: 'not-served', partitions: ['a'] }],
      },
    ],
    ...more,
  }
}

describe('runs', () => {
  it('are found as last saved, and the latest is the one with the greatest id', async () => {
    const { table } = await temporaryStore()
    const runs = runStore(table)
    expect(await runs.latest(owner)).toBeUndefined()
    await runs.save(owner, run('2026-02'))
    await runs.save(owner, run('2026-01'))
    await runs.save({ ...owner, connection: 'c2' }, run('2026-03'))
    const ended = run('2026-02', { state: 'failed', finishedAt: 1_700_000_001_000, failure: 'expired' })
    await runs.save(owner, ended)
    expect(await runs.find(owner, '2026-02')).toStrictEqual(ended)
    expect(await runs.latest(owner)).toStrictEqual(ended)
    expect(await runs.find(owner, '2026-03')).toBeUndefined()
  })

  it('expire ninety days after they began, in the seconds that DynamoDB counts', async () => {
    const { table } = await temporaryStore()
    await runStore(table).save(owner, run('r'))
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: runKey(owner, 'r') }),
    )
    expect(Item?.expiresAt).toBe(1_700_000_000 + 90 * 86_400)
  })
})
