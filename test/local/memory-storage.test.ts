import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../../local/memory-storage.ts'

describe('secrets in memory', () => {
  it('are put, read and removed, and shared with no other storage', async () => {
    const storage = memoryStorage()
    await storage.put('one', 'first')
    await storage.put('one', 'second')
    expect(await storage.get('one')).toBe('second')
    expect(await memoryStorage().get('one')).toBeUndefined()
    await storage.remove('one')
    await storage.remove('one')
    expect(await storage.get('one')).toBeUndefined()
  })
})
