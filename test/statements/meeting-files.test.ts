import { describe, expect, it } from 'vitest'
import type { Grain, StatementRow } from '../../lambdas/statements/row.ts'
import { merged, readingOf, start } from './cases.ts'

const grain: Grain = {
  granularity: 'ledger',
  unit: 1_000,
  fields: ['currency', 'type', 'amount', 'balance'],
  decimals: {},
}

/** Ten came, and so much was there then. */
function came(balance: string | undefined, later = 0, more: Partial<StatementRow> = {}): StatementRow {
  const time = start + later * 1_000
  return {
    line: 2,
    stream: 'spot-ledger',
    wall: time,
    times: [time],
    type: 'airdrop',
    currency: 'USDT',
    amount: '10',
    ...(balance !== undefined && { balance }),
    raw: JSON.stringify([balance, later]),
    ...more,
  }
}

function countIn(...files: readonly (readonly StatementRow[])[]): number {
  return merged(
    [],
    files.map((rows) => readingOf(rows, { grain })),
  ).rows.length
}

describe('rows alike in the second in which two ledger files meet', () => {
  it('are two events where what was there after them differs, whichever file came first', () => {
    const [before, after] = [
      [came('10', -60), came('20')],
      [came('30'), came('40', 60)],
    ]
    expect(countIn(before, after)).toBe(4)
    expect(countIn(after, before)).toBe(4)
    expect(countIn([...before].reverse(), [...after].reverse())).toBe(4)
  })

  it('are one where both files have it, and of several each once', () => {
    expect(countIn([came('10', -60), came('20')], [came('20'), came('30', 60)])).toBe(3)
    expect(countIn([came('10', -60), came('20'), came('30')], [came('30'), came('40'), came('50', 60)])).toBe(
      5,
    )
    expect(countIn([came('10', -60), came('20'), came('30')], [came('20'), came('30'), came('40')])).toBe(4)
  })

  it('stay the most that one file has where no balance tells: none there, none beside it, or one that no change explains', () => {
    expect(countIn([came('10', -60), came(undefined)], [came(undefined), came('40', 60)])).toBe(3)
    expect(countIn([came('20')], [came('30'), came('40', 60)])).toBe(2)
    expect(countIn([came('7', -60), came('20')], [came('30'), came('40', 60)])).toBe(3)
    expect(countIn([came('10', -60, { account: 'Fund' }), came('20')], [came('30'), came('40', 60)])).toBe(3)
  })

  it('stay those of the file that goes on before and after it: it has all of that second', () => {
    const whole = [came('10', -60), came('20'), came('30', 60)]
    expect(countIn(whole, [came('35'), came('45', 60)])).toBe(4)
  })

  it('keep their names when a file comes that tells one of them again', () => {
    const files = [
      [came('10', -60), came('20')],
      [came('30'), came('40', 60)],
    ]
    const namesIn = (more: readonly (readonly StatementRow[])[]) =>
      merged(
        [],
        [...files, ...more].map((rows) => readingOf(rows, { grain })),
      ).rows.map(({ identity, raw }) => `${identity} ${raw}`)
    expect(namesIn([[came('20'), came('30')]])).toEqual(namesIn([]))
  })
})
