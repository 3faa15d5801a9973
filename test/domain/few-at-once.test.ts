import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fewAtOnce } from '../../lambdas/domain/few-at-once.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('working through a list, a few at a time', () => {
  it('gives the results in the order of the list, whoever is done first, and never has more under way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (list, most) => {
          let [underWay, peak] = [0, 0]
          const results = await fewAtOnce(list, most, async (turns) => {
            underWay += 1
            peak = Math.max(peak, underWay)
            for (let done = 0; done < turns; done += 1) await turn()
            underWay -= 1
            return turns * 2
          })
          expect(results).toEqual(list.map((turns) => turns * 2))
          expect(peak).toBe(Math.min(most, list.length))
        },
      ),
    )
  })

  it('begins nothing after a failure, and tells it when what was under way has ended', async () => {
    const [begun, ended]: [number[], number[]] = [[], []]
    const working = fewAtOnce([1, 2, 3, 4], 2, async (one) => {
      begun.push(one)
      if (one === 1) throw new Error('full')
      await turn()
      ended.push(one)
    })
    await expect(working).rejects.toThrow('full')
    expect([begun, ended]).toEqual([[1, 2], [2]])
  })
})
