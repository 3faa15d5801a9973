import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hash, openDigest } from '../../lambdas/adapters/identity.ts'
import { keptExports } from '../../lambdas/adapters/kept-exports.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Table } from '../../lambdas/adapters/table.ts'
import { coverageList, run as runAnswer } from '../../lambdas/api/answer-shapes.ts'
import { describeRun } from '../../lambdas/api/answers.ts'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { noMarkets } from '../../lambdas/domain/stream.ts'
import { toldSpans } from '../../lambdas/domain/told-spans.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { defaultAccounts } from '../../lambdas/formats/journal-accounts.ts'
import { exportHistory } from '../../lambdas/use-cases/export-history.ts'
import { readCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { readExportRequest, requestExport } from '../../lambdas/use-cases/request-export.ts'
import { syncConnection } from '../../lambdas/use-cases/sync-connection.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { summary } from '../../local/import/summary.ts'
import { summaryJson } from '../../local/import/summary-json.ts'
import { connection, patiently } from '../model/engine.ts'
import { modelClient, modelDefinition, tick } from '../model/model-exchange.ts'
import { eventfulAccount } from '../model/small-worlds.ts'
import { objectsInMemory } from './objects-in-memory.ts'

const owner = { user: connection.user, connection: connection.id }
const clock = 1_700_000_000_000 - (1_700_000_000_000 % tick)
const exchange = modelDefinition({ opened: clock - 500_000 * tick })

/** An account with so many crowded seconds, after a sync of today. */
async function synced(table: Table, crowded: number) {
  const stores = openStores(table)
  const first = clock - 400_000 * tick
  const lost = Array.from({ length: crowded }, (_, index) => {
    const from = first + 2 * index * tick
    return { from, to: from + (index === 777 ? 1_500 : 1_000), reason: 'saturated' as const }
  })
  const epoch = (await stores.lease.acquire(owner, 'before', clock, 1_000)) ?? 0
  for (const partition of ['a', 'b'])
    await stores.coverage.save(
      owner,
      {
        ...noCoverage('withdrawal', partition),
        covered: [
          { from: exchange.streams[0]?.opened ?? 0, to: first },
          ...lost.map(({ to }, index) => ({ from: to, to: lost[index + 1]?.from ?? clock - 100 * tick })),
        ],
        lost: partition === 'a' ? lost : [],
        unverified:
          partition === 'b' ? lost.map(({ from, to }) => ({ from, to, reason: 'indivisible' as const })) : [],
        attempted: clock - 80 * tick,
        reasked: clock - tick,
      },
      epoch,
    )
  await stores.lease.release(owner, 'before', epoch)
  await stores.connections.swap(undefined, { ...connection, label: 'Main' })
  const model = { ...eventfulAccount, rows: [], clock }
  const run = await syncConnection(
    {
      ...stores,
      clock: () => model.clock,
      sleep: patiently,
      client: modelClient(model),
      markets: noMarkets,
    },
    connection,
    exchange,
    { runId: 'r1', holder: 'now' },
  )
  const ports = { ...stores, clock: () => model.clock, exchanges: new Map([[exchange.id, exchange]]) }
  return { stores, ports, run }
}

describe('an account with 5,000 crowded seconds', () => {
  let home: Awaited<ReturnType<typeof synced>>
  let close = async () => {}
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'many-gaps-'))
    const store = await openEmbeddedStore({ dataDir })
    close = async () => {
      await store.close()
      await rm(dataDir, { recursive: true })
    }
    home = await synced(store.table, 5_000)
  })
  afterAll(() => close())

  it('has a run that is saved, names the longest of its gaps, and counts the others', async () => {
    const { stores, run } = home
    expect(await stores.runs.find(owner, 'r1')).toEqual(run)
    expect(run.state).toBe('incomplete')
    const [stream] = run.streams
    expect([stream?.gaps.length, stream?.moreGaps]).toEqual([100, 4_900])
    expect([stream?.unverified.length, stream?.moreUnverified]).toEqual([100, 4_900])
    expect(stream?.gaps.filter(({ from, to }) => to - from > 1_000)).toHaveLength(1)
    const answer = describeRun(run, exchange)
    expect(runAnswer.parse({ ...answer, connection: 'a'.repeat(64) }).streams[0]).toMatchObject({
      moreGaps: 4_900,
      moreUnverified: 4_900,
    })
    expect(
      JSON.parse(
        summaryJson({
          exchange,
          run,
          connection,
          files: [],
          now: run.startedAt,
          coverage: await stores.coverage.load(owner),
        }),
      ).streams[0],
    ).toMatchObject({
      moreGaps: 4_900,
      moreUnverified: 4_900,
    })
  })

  it('is shown in an answer and a summary that anybody can read', async () => {
    const { stores, ports, run } = home
    const told = await readCoverage(ports, owner.user, owner.connection)
    const [a, b] = coverageList.parse(JSON.parse(JSON.stringify(told))).items[0]?.partitions ?? []
    expect([a?.gaps.length, a?.moreGaps]).toEqual([100, 4_900])
    expect([b?.unverified.length, b?.moreUnverified]).toEqual([100, 4_900])
    expect(a?.covered.length).toBe(100)
    const sentences = told.items[0]?.sentences ?? []
    expect(sentences.length).toBeLessThan(50)
    expect(sentences.filter((sentence) => sentence.startsWith('and 4,980 more gaps between'))).toHaveLength(1)
    expect(sentences.join('\n')).toContain('and 4,980 more times of which nobody can tell between')
    const coverage = await stores.coverage.load(owner)
    const text = summary({ exchange, run, coverage, files: [], connection: {}, now: ports.clock() }, 100)
    expect(text.split('\n').length).toBeLessThan(200)
    expect(text).toContain('5,000 gaps')
  })

  it('is exported, with a statement whose own file names them all', async () => {
    const { stores, ports } = home
    const { files, objects } = objectsInMemory()
    const exportPorts = {
      ...ports,
      formats,
      hash,
      openDigest,
      newId: () => 'e1',
      accountNames: defaultAccounts,
      enqueueExport: async () => undefined,
      objects,
      kept: keptExports(objects),
      code: 'this',
    }
    const request = readExportRequest(formats, { format: 'canonical-csv' }, { begin: 0, now: 1 })
    if ('problems' in request) throw new Error('refused')
    const { id } = await requestExport(exportPorts, owner.user, request)
    const done = await exportHistory(exportPorts, owner.user, id)
    expect(done).toMatchObject({ state: 'done', statement: { state: 'incomplete' } })
    // What is shown on a screen of the statement is not kept.
    const { brief: _shown, ...kept } = { brief: undefined, ...done }
    expect(await stores.exports.find(owner.user, id)).toEqual(kept)
    const statement = JSON.parse(files.get(`${owner.user}/${id}/statement-json`)?.text ?? '')
    expect(statement.accounts[0].streams[0].gaps).toHaveLength(5_000)
  })
})

describe('a list that names only so many', () => {
  it('names the longest, in the order of time, and loses none', () => {
    const spans = Array.from({ length: 5 }, (_, index) => ({
      from: index * 10,
      to: index * 10 + (index % 3) + 1,
    }))
    const { named, others } = toldSpans(spans, 2)
    expect(named.map(({ from }) => from)).toEqual([10, 20])
    expect(others.map(({ from }) => from)).toEqual([0, 30, 40])
    expect(toldSpans(spans, 5)).toEqual({ named: spans, others: [] })
  })
})
