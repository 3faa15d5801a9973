import fc from 'fast-check'
import { describe, it } from 'vitest'
import { formats } from '../../lambdas/formats/index.ts'
import { expectSameAsInOneGo, exportWorld } from '../use-cases/export-world.ts'

describe.each([...formats.keys()])('an export of %s', (id) => {
  it('whose worker dies at any moment is the same file once another went on', async () => {
    const died = exportWorld(id)
    died.state.pieces = 5
    await died.work()
    const { calls } = died.state
    const runs = id === 'parquet' ? 6 : 15
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: calls }),
        fc.constantFrom('before' as const, 'after' as const),
        async (call, when) => {
          const dying = exportWorld(id)
          dying.state.pieces = 5
          dying.state.dies = { call, when }
          await dying.work()
          await expectSameAsInOneGo(id, dying)
        },
      ),
      { numRuns: runs },
    )
  })
})
