import { expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { isListed } from '../../lambdas/domain/stream.ts'
import { hour } from '../../lambdas/domain/window.ts'
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
  expect(summary?.streams[0]).toMatchObject({ rows: 2, gaps: 1, gapMilliseconds: hour })
})
