import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { historyFolder } from '../../local/import/history-folder.ts'

const connection: Connection = {
  id: '3f9a1c2b77de0011223344556677aabb',
  user: 'local',
  exchange: 'bitmart',
  subaccount: '',
  keyHint: 'x9f2',
  status: 'disconnected',
  createdAt: 0,
}

describe('the folder of a connection', () => {
  it.each([
    ['', 'bitmart-3f9a1c2b77de'],
    ['desk', 'bitmart-desk-3f9a1c2b77de'],
    ['Trading desk / 2', 'bitmart-Trading-desk-2-3f9a1c2b77de'],
    ['../../etc', 'bitmart-etc-3f9a1c2b77de'],
    ['量化 子账户', 'bitmart-量化-子账户-3f9a1c2b77de'],
    ['***', 'bitmart-3f9a1c2b77de'],
  ])('of the sub-account “%s” is %s', (subaccount, folder) => {
    expect(historyFolder({ ...connection, subaccount })).toBe(folder)
  })

  it('stays the same under another label and another key', () => {
    const later: Connection = { ...connection, label: 'Savings', keyHint: 'abcd', status: 'connected' }
    expect(historyFolder(later)).toBe(historyFolder(connection))
  })

  it('is a name that every file system takes, whatever the sub-account is called', () => {
    const name = fc.string({ unit: 'binary', maxLength: 100 })
    fc.assert(
      fc.property(name, (subaccount) => {
        const folder = historyFolder({ ...connection, subaccount })
        expect(folder).toMatch(/^bitmart-([\p{L}\p{N}-]+-)?3f9a1c2b77de$/u)
        expect(Buffer.byteLength(folder)).toBeLessThan(255)
      }),
    )
  })
})
