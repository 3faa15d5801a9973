import { describe, expect, it } from 'vitest'
import { hour } from '../../lambdas/domain/window.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { nightOf, type Party, type Source } from '../model/night-of-many.ts'
import { stageInput } from './stage-input.ts'
import { templateOf } from './synthesise.ts'

const minute = 60_000
const prod = stageInput('prod')

/** The queues of the template, with who is in them and how many workers take from each. */
function sourcesOf(parties: ReadonlyMap<string, Party>): readonly Source[] {
  const template = templateOf('sync', prod)
  const queues = template.findResources('AWS::SQS::Queue')
  return Object.values(template.findResources('AWS::Lambda::EventSourceMapping'))
    .filter(({ Properties }) => Properties.Enabled !== false)
    .map(({ Properties }) => {
      const name: string = queues[Properties.EventSourceArn['Fn::GetAtt'][0]]?.Properties.QueueName
      const theirs = [...parties].filter(([exchange]) => name.split('-').includes(exchange))
      return {
        parties: theirs.map(([, party]) => party),
        workers: Properties.ScalingConfig.MaximumConcurrency,
      }
    })
}

/** The shortest night that the page of costs reckons with: a stage may have longer ones. */
const night = 6 * hour

/** Ten thousand connections, a third of each exchange. */
const quick: Omit<Party, 'connections'> = {
  questions: 8,
  weight: 1,
  limit: { calls: 600, per: minute },
  answersIn: 300,
}
const sizes = [...exchanges.keys()].map((exchange) => [exchange, 3_334] as const)

describe('An exchange that is slow', () => {
  it.each([
    ['accepts and never answers', Number.POSITIVE_INFINITY],
    ['takes half a minute for an answer', 30_000],
  ])('keeps no connection of another one from its night: it %s', (_, answersIn) => {
    for (const [slow] of sizes) {
      const parties = new Map(
        sizes.map(([exchange, connections]): [string, Party] => [
          exchange,
          { ...quick, connections, ...(exchange === slow && { answersIn }) },
        ]),
      )
      const sources = sourcesOf(parties)
      // Everybody is in one queue, and in one only.
      expect(sources.flatMap((source) => source.parties)).toHaveLength(exchanges.size)
      const told = nightOf(sources)
      for (const [exchange, party] of parties) {
        const { lasted = 0, most = 0 } = told.get(party) ?? {}
        expect.soft(most, exchange).toBeLessThanOrEqual(party.limit.calls)
        if (exchange !== slow) expect.soft(lasted, exchange).toBeLessThan(night)
      }
    }
  })

  it('would keep them all, if all were in one queue', () => {
    const hangs: Party = { ...quick, connections: 3_334, answersIn: Number.POSITIVE_INFINITY }
    const answers: Party = { ...quick, connections: 3_334 }
    const told = nightOf([{ parties: [hangs, answers], workers: prod.workersAtOnce }])
    expect(told.get(answers)?.lasted).toBeGreaterThan(2 * night)
  })
})
