import type { TextStorage } from '../lambdas/adapters/vault.ts'

/** Keeps secrets until the process ends: for whoever must leave none behind. */
export function memoryStorage(): TextStorage {
  const values = new Map<string, string>()
  return {
    async put(name, value) {
      values.set(name, value)
    },
    async get(name) {
      return values.get(name)
    },
    async remove(name) {
      values.delete(name)
    },
  }
}
