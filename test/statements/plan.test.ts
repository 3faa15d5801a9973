import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../lambdas/domain/transaction.ts'
import { minute } from '../../lambdas/domain/window.ts'
import type { MergedRow } from '../../lambdas/statements/merged-row.ts'
import { planOf } from '../../lambdas/statements/plan.ts'
import { line, merged, orderGrain, readingOf, servedFill, start } from './cases.ts'

/** Four files of one account, two of which overlap, and what the API serves in the end. */
const rows = [0, 1, 1, 2, 3, 4].map((minutes) =>
  line({ times: [start + minutes * minute], orderId: `${minutes}` }),
)
const files = [
  readingOf(rows.slice(0, 4)),
  readingOf(rows.slice(2)),
  readingOf(
    rows.map((row) => ({ ...row, amount: '5000', quoteAmount: '200' })),
    { grain: orderGrain },
  ),
  readingOf(rows.slice(1, 2)),
]
const served = rows.map(({ times: [time], orderId = '' }, index) =>
  servedFill({ time: time + 7, orderId, tradeId: `${index}` }),
)

function told(active: readonly boolean[], api: number): readonly MergedRow[] {
  return merged(
    served.slice(0, api),
    files.filter((_, index) => active[index]),
  ).rows
}

/** Carries out a plan, or only so many of its steps, as a program does that is killed. */
function carryOut(
  stored: readonly MergedRow[],
  next: readonly MergedRow[],
  steps = Infinity,
): readonly MergedRow[] {
  const { write, remove } = planOf(stored, next)
  const state = new Map(stored.map((row) => [keyOf(row), row]))
  let left = steps
  for (const row of write) if (left-- > 0) state.set(keyOf(row), row)
  for (const row of remove) if (left-- > 0) state.delete(keyOf(row))
  return [...state.values()]
}

function bytesOf(stored: readonly MergedRow[]): string {
  return stored
    .map(({ places: _places, ...row }) => JSON.stringify(row))
    .sort()
    .join('\n')
}

describe('a plan of what files change', () => {
  const deed = fc.record({
    file: fc.nat(3),
    isUpload: fc.boolean(),
    api: fc.nat(served.length),
    killedAfter: fc.option(fc.nat(4), { nil: undefined }),
  })

  it('leads to the same rows by every way of uploads, syncs, kills and files taken back', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 8 }), (deeds) => {
        const active = [false, false, false, false]
        let api = 0
        let stored: readonly MergedRow[] = []
        for (const { file, isUpload, api: more, killedAfter } of deeds) {
          active[file] = isUpload
          api = Math.max(api, more)
          stored = carryOut(stored, told(active, api), killedAfter)
        }
        stored = carryOut(stored, told(active, api))
        expect(bytesOf(stored)).toBe(bytesOf(told(active, api)))
        expect(planOf(stored, told(active, api))).toMatchObject({ write: [], remove: [] })
      }),
      { numRuns: 60 },
    )
  })

  it('restores what was before, byte for byte, where a file is taken back', () => {
    const before = told([true, false, true, false], 2)
    const after = carryOut(before, told([true, true, true, true], 2))
    expect(bytesOf(after)).not.toBe(bytesOf(before))
    expect(bytesOf(carryOut(after, told([true, false, true, false], 2)))).toBe(bytesOf(before))
  })

  it('writes nothing for a file that tells only what another told', () => {
    const once = told([true, false, false, false], 0)
    expect(planOf(once, told([true, false, false, true], 0))).toEqual({
      write: [],
      remove: [],
      unchanged: once.length,
    })
  })
})
