import { describe, expect, it } from 'vitest'
import { cellStore } from '../../lambdas/adapters/cells.ts'
import { addressesOf, laneOf, leastLoaded } from '../../lambdas/domain/cell.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { chooseCell, joinCell } from '../../lambdas/use-cases/choose-cell.ts'
import { temporaryStore } from '../adapters/temporary-store.ts'

async function world(
  cellCount: number,
  connected: readonly Pick<Connection, 'exchange' | 'cell' | 'statementsOnly'>[] = [],
) {
  const cells = cellStore((await temporaryStore()).table)
  const connections = {
    list: async () =>
      connected.map(
        (one, index): Connection => ({
          id: `c${index}`,
          user: 'ada',
          subaccount: '',
          keyHint: 'x7Qa',
          status: 'disconnected',
          createdAt: 0,
          ...one,
        }),
      ),
  }
  return { cells, connections, cellCount }
}

describe('The cell of a user at an exchange', () => {
  it('is the one that carries least there, and never another one afterwards', async () => {
    const ports = await world(3)
    const users = Array.from({ length: 9 }, (_, index) => `user-${index}`)
    const chosen: number[] = []
    for (const user of users) chosen.push(await chooseCell(ports, user, 'bitmart'))
    expect(chosen).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3])
    // However much each carries by then, and however many cells there are.
    for (let more = 0; more < 5; more += 1) await ports.cells.add('bitmart', 1)
    const later = { ...ports, cellCount: 7 }
    for (const [index, user] of users.entries())
      expect(await chooseCell(later, user, 'bitmart')).toBe(chosen[index])
    expect(await chooseCell(later, 'somebody-new', 'bitmart')).toBe(4)
  })

  it('at one exchange has nothing to do with what the cells carry at another', async () => {
    const ports = await world(2)
    await ports.cells.add('bitmart', 1)
    expect(await chooseCell(ports, 'ada', 'bingx')).toBe(1)
    expect(await chooseCell(ports, 'ada', 'bitmart')).toBe(2)
    expect(await chooseCell(ports, 'ada', 'bingx')).toBe(1)
  })

  it('of somebody who was there before there were cells is the first, also where others carry less', async () => {
    const ports = await world(2, [{ exchange: 'bingx', cell: 2 }, { exchange: 'bitmart' }])
    await ports.cells.add('bitmart', 1)
    expect(await chooseCell(ports, 'ada', 'bitmart')).toBe(1)
    expect(await chooseCell(ports, 'ada', 'bingx')).toBe(2)
  })

  it('is one for two who choose at once', async () => {
    const ports = await world(2)
    const settled = await Promise.all([
      ports.cells.settle('ada', 'bitmart', 1),
      ports.cells.settle('ada', 'bitmart', 2),
    ])
    expect(settled[0]).toBe(settled[1])
    expect(await chooseCell(ports, 'ada', 'bitmart')).toBe(settled[0])
  })

  it('is not that of an account without a key, for which no address was bound', async () => {
    const ports = await world(3, [{ exchange: 'bitmart', statementsOnly: true }])
    await ports.cells.add('bitmart', 1)
    expect(await chooseCell(ports, 'ada', 'bitmart')).toBe(2)
  })

  it('carries more with every connection, so that somebody with many does not count as one', async () => {
    const ports = await world(2)
    for (let key = 0; key < 4; key += 1) expect(await joinCell(ports, 'ada', 'bitmart')).toBe(1)
    expect(await ports.cells.loads('bitmart', 2)).toEqual([5, 0])
    expect(await chooseCell(ports, 'bob', 'bitmart')).toBe(2)
    expect(await chooseCell(ports, 'eve', 'bitmart')).toBe(2)
  })
})

describe('Cells', () => {
  it('are chosen by what they carry, the first of several that carry the same', () => {
    expect([leastLoaded([0, 0]), leastLoaded([2, 1, 1]), leastLoaded([5])]).toEqual([1, 2, 1])
  })

  it('are bound by the address that keys are tried from, and their own', () => {
    const cells = [['192.0.2.1', '192.0.2.2'], ['192.0.2.3']]
    expect(addressesOf(cells, 1)).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(addressesOf(cells, 2)).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3'])
    expect(addressesOf([[]], 1)).toEqual([])
  })

  it('give each exchange a queue of its own', () => {
    expect([laneOf('bitmart', 1), laneOf('bitmart', 2), laneOf('bingx', 2)]).toEqual([
      'bitmart',
      'bitmart-2',
      'bingx-2',
    ])
  })
})
