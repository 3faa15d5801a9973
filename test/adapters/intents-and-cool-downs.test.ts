import { describe, expect, it } from 'vitest'
import { coolDownStore } from '../../lambdas/adapters/cool-downs.ts'
import { intentStore } from '../../lambdas/adapters/intents.ts'
import type { Intent } from '../../lambdas/domain/intent.ts'
import { temporaryStore } from './temporary-store.ts'

function intent(id: string, since: number, kind: Intent['kind'] = 'secret'): Intent {
  return { kind, id, user: 'ann#1', connection: 'c1', since }
}

describe('intents', () => {
  it('are listed until they are ended, and ending one again is no error', async () => {
    const store = intentStore((await temporaryStore()).table)
    await store.begin(intent('b', 2))
    await store.begin(intent('a', 1, 'history'))
    await store.begin(intent('a', 3, 'history'))
    expect(await store.list()).toEqual([intent('a', 3, 'history'), intent('b', 2)])
    await store.end('a')
    await store.end('a')
    expect(await store.list()).toEqual([intent('b', 2)])
  })
})

describe('cool-downs', () => {
  it('are of one exchange, only ever grow, and the one of all exchanges holds for each', async () => {
    const store = coolDownStore((await temporaryStore()).table)
    expect(await store.until('bitmart')).toBe(0)
    await store.extend('bitmart', 9_000)
    await store.extend('bitmart', 1_000)
    expect(await store.until('bitmart')).toBe(9_000)
    expect(await store.until('bingx')).toBe(0)
    await store.extend('*', 20_000)
    expect([await store.until('bitmart'), await store.until('bingx')]).toEqual([20_000, 20_000])
  })

  it('that an exchange told one cell hold for its addresses alone, those of an operator for all', async () => {
    const { table } = await temporaryStore()
    const [first, second] = [coolDownStore(table, 1), coolDownStore(table, 2)]
    await second.extend('bitmart', 9_000)
    expect([await first.until('bitmart'), await second.until('bitmart')]).toEqual([0, 9_000])
    await coolDownStore(table).extend('bitmart', 7_000)
    expect([await first.until('bitmart'), await second.until('bitmart')]).toEqual([7_000, 9_000])
  })
})
