import { describe, expect, it } from 'vitest'
import { openClaims } from '../../lambdas/statements/claims.ts'
import type { StatementRow } from '../../lambdas/statements/row.ts'
import { fillGrain, line, merged, readingOf, servedFill } from './cases.ts'

const attests = { from: 0, to: Date.UTC(2030, 0, 1) }

/** What is left of what an owner says of a file with these rows, where the exchange has shown one fill of all of that time. */
function claimOf(rows: readonly StatementRow[]) {
  const api = [servedFill()]
  const readings = [readingOf([line()]), readingOf(rows)]
  const span = { stream: 'spot-trade' as const, rows: rows.length, from: 0, to: 1 }
  const about = { months: [], spans: [span], money: [], hints: [], isUnbroken: false }
  const table = { name: 'a', format: 'a', clock: 'UTC', grain: fillGrain, rows: rows.length, ...about }
  const claims = openClaims(['first', 'second'].map((file) => ({ file, table, attests })))
  const guests = readings.map((one) => ({ ...one, rows: [] }))
  claims.compare({ api, readings, guests, merged: merged(api, readings, () => true) })
  return claims.result().find(({ index }) => index === 1)
}

describe('what is said of a file', () => {
  it('stands where its rows are those of the exchange', () => {
    const claim = claimOf([line()])
    expect(claim).toMatchObject({ by: 'owner', window: attests })
    expect(claim).not.toHaveProperty('refutedAt')
    expect(claim).not.toHaveProperty('disprovedAt')
  })

  it('falls with the first of its rows that the exchange has shown not to be, and no other file with it', () => {
    const times = [5_000, 3_000, 4_000]
    const invented = times.map((time): StatementRow => line({ times: [time], amount: '7' }))
    expect(claimOf([line(), ...invented])).toMatchObject({ disprovedAt: 3_000 })
    expect(claimOf([line(), ...invented])).not.toHaveProperty('refutedAt')
  })
})
