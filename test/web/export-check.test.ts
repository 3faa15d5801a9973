import { describe, expect, it } from 'vitest'
import type { Account, Coverage } from '../../web/answers.ts'
import { shortfallsIn } from '../../web/export-check.ts'

const iso = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString()
const span = (from: number, to: number) => ({ from: iso(from), to: iso(to) })
const now = Date.UTC(2026, 1, 1)

const account = {
  connection: { id: 'c', label: 'Main account' },
  exchange: { name: 'BitMart' },
} as Account

function told(
  part: Partial<Coverage['items'][number]['partitions'][number]>,
  of = account,
): readonly string[] {
  const partition = { partition: 'spot', covered: [], gaps: [], unverified: [], unfinished: 0, ...part }
  const is: Coverage = {
    state: 'incomplete',
    asOf: iso(32),
    sentences: [],
    items: [
      {
        stream: 'spot-trade',
        title: 'Spot fills',
        state: 'incomplete',
        sentences: [],
        partitions: [partition],
      },
    ],
    absent: [],
  }
  return shortfallsIn([{ of, is }], {}, now)
}

describe('what an export will not cover', () => {
  it('is nothing where everything is covered', () => {
    expect(told({ covered: [span(1, 32)] })).toEqual([])
  })

  it('is told from its begin to its end where it is one time', () => {
    expect(
      told({ covered: [span(10, 32)], unverified: [{ ...span(1, 10), reason: 'beyond-depth' }] }),
    ).toEqual(['Spot fills: nobody can tell from 1 Jan 2026 00:00 to 10 Jan 2026 00:00 UTC'])
  })

  it('is counted where it is several times, since what lies between them is covered', () => {
    expect(
      told({
        covered: [span(5, 10), span(20, 32)],
        unverified: [
          { ...span(1, 5), reason: 'beyond-depth' },
          { ...span(10, 20), reason: 'beyond-depth' },
        ],
      }),
    ).toEqual(['Spot fills: nobody can tell of 2 times between 1 Jan 2026 00:00 and 20 Jan 2026 00:00 UTC'])
    expect(told({ covered: [span(1, 5), span(10, 12), span(20, 32)] })).toEqual([
      'Spot fills: 2 times between 5 Jan 2026 00:00 and 20 Jan 2026 00:00 UTC were not imported',
    ])
  })

  it('is all that files do not tell, where there is no key: nobody says that it was not imported', () => {
    const keyless = { ...account, connection: { ...account.connection, fromFiles: true } }
    expect(told({}, keyless)).toEqual([expect.stringMatching(/^Main account: only its files tell of it/)])
  })
})
