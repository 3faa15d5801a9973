import { expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { isListed } from '../../lambdas/domain/stream.ts'
import { day, hour } from '../../lambdas/domain/window.ts'
import { readCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { summarise } from '../../lambdas/use-cases/summarise.ts'
import { connecting, exchange, fill, homeInMemory, startOfTime } from './home-in-memory.ts'

it('a connection at a glance says what its coverage says, with the rows that are stored and the time that is missing', async () => {
  const { ports, put, cover } = homeInMemory()
  const { connection } = await connecting(ports)
  const owner = { user: 'ada', connection: connection.id }
  put(owner, fill(startOfTime - 2 * hour, 'a'), fill(startOfTime - 3 * hour, 'b'))
  const opened = exchange.streams[0]?.opened ?? 0
  const end = startOfTime - hour
  const all = exchange.streams.flatMap(({ stream, partitions }) =>
    isListed(partitions)
      ? []
      : partitions.map((partition) => ({
          ...noCoverage(stream, partition),
          covered: [{ from: opened, to: startOfTime }],
          attempted: startOfTime,
        })),
  )
  cover(
    owner,
    ...all.map((part) =>
      part.stream === 'spot-trade'
        ? {
            ...part,
            covered: [{ from: opened, to: end }],
            lost: [{ from: end, to: startOfTime, reason: 'expired' as const }],
          }
        : part,
    ),
  )
  const [summary] = await summarise(ports, 'ada')
  const told = await readCoverage(ports, 'ada', connection.id)
  expect(summary?.known?.completeness).toBe('incomplete')
  expect(told.state).toBe('incomplete')
  expect(summary?.sentences[0]).toBe(told.sentences[0])
  expect(summary?.rows).toBe(2)
  expect(summary?.streams.map(({ stream, state }) => [stream, state])).toEqual(
    told.items.map(({ stream, state }) => [stream, state]),
  )
  expect(summary?.streams[0]).toMatchObject({ rows: 2, gaps: 1, parts: 1, gapParts: 1 })
})

it('an account of files only has the rows of its files, of streams that no exchange serves, too', async () => {
  const { ports, connections } = homeInMemory()
  connections.set('ada/of-files', {
    id: 'of-files',
    user: 'ada',
    exchange: exchange.id,
    subaccount: '',
    keyHint: '',
    status: 'disconnected',
    statementsOnly: true,
    files: true,
    createdAt: 0,
  })
  const window = { from: startOfTime - 90 * day, to: startOfTime - 60 * day }
  const fileHistory = {
    load: async () => ({
      months: [
        { stream: 'spot-ledger' as const, month: 1, rows: 4 },
        { stream: 'spot-trade' as const, month: 1, rows: 2 },
        { stream: 'spot-trade' as const, month: 2, rows: 3 },
      ],
      claims: [
        {
          file: 'f',
          stream: 'spot-trade' as const,
          by: 'owner' as const,
          window,
          rows: [window],
          count: 5,
        },
      ],
      ledger: [],
    }),
  }
  const [summary] = await summarise({ ...ports, fileHistory }, 'ada')
  expect(summary).toMatchObject({
    rows: 9,
    files: {
      rows: 9,
      streams: [
        { title: 'Spot fills', rows: 5 },
        { title: 'Spot ledger rows', rows: 4 },
      ],
      sentences: [expect.stringContaining('is attested by a file')],
    },
    // Nobody can be asked, so nothing is lost by waiting.
    sentences: [],
  })
  expect(summary?.streams.find(({ stream }) => stream === 'spot-trade')).toMatchObject({ rows: 5 })
  const { files: _none, ...others } = connections.get('ada/of-files') ?? expect.fail()
  connections.set('ada/of-files', others)
  expect((await summarise({ ...ports, fileHistory }, 'ada'))[0]).toMatchObject({ rows: 0 })
})
