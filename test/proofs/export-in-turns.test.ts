import { describe, expect, it } from 'vitest'
import { noCoverage } from '../../lambdas/domain/coverage.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { expectSameAsInOneGo, exportWorld, start } from '../use-cases/export-world.ts'

describe.each([...formats.keys()])('an export of %s', (id) => {
  it('that is stopped again and again is the same file, with the same SHA-256, as one in one go', async () => {
    const stopped = exportWorld(id)
    stopped.state.pieces = id === 'parquet' ? 3 : 2
    await stopped.work()
    expect(stopped.item()).toMatchObject({ state: 'done' })
    expect(stopped.item().leg).toBeGreaterThan(1)
    await expectSameAsInOneGo(id, stopped)
  })
})

describe('an export in several turns', () => {
  it('tells what its rows meant when it began, whatever became known of the ledger since', async () => {
    const changing = exportWorld('koinly')
    changing.state.pieces = 2
    await changing.turn()
    const covered = [{ from: 0, to: start + 10 * 86_400_000 }]
    changing.state.coverage = [{ ...noCoverage('futures-ledger', 'futures'), covered }]
    await changing.work()
    await expectSameAsInOneGo('koinly', changing)
  })

  it('is begun anew by other code, and where its parts are gone', async () => {
    const other = exportWorld('canonical-csv')
    other.state.pieces = 2
    await other.turn()
    other.state.code = 'newer'
    await other.work()
    await expectSameAsInOneGo('canonical-csv', other)

    const gone = exportWorld('canonical-csv')
    gone.state.pieces = 2
    await gone.turn()
    gone.uploads.clear()
    gone.state.pieces = Number.POSITIVE_INFINITY
    await gone.work()
    await expectSameAsInOneGo('canonical-csv', gone)
  })

  it('fails when a connection was removed meanwhile, and leaves no file that lacks its rows', async () => {
    const removed = exportWorld('canonical-csv')
    removed.state.pieces = 2
    await removed.turn()
    removed.connections.delete('c2')
    await expect(removed.turn()).rejects.toThrow('There is no connection with this id.')
    expect(removed.files.has('ada/e1/history')).toBe(false)

    const later = exportWorld('canonical-csv')
    later.state.onAppend = async () => void later.connections.delete('c2')
    await expect(later.turn()).rejects.toThrow('A connection was removed while its export was written.')
    expect(later.item().state).toBe('waiting')
  })

  it('whose message came twice has the file of one worker, never that of both', async () => {
    const twice = exportWorld('canonical-csv')
    let other = false
    twice.state.onAppend = async () => {
      if (other) return
      other = true
      expect(await twice.turn()).toMatchObject({ state: 'done' })
    }
    const { leg } = (await twice.turn()) ?? {}
    expect(leg).toBe(2)
    await expectSameAsInOneGo('canonical-csv', twice)
  })
})
