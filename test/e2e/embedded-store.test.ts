import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryDirectory } from '../adapters/temporary-store.ts'
import { numbersIn, openingError } from '../local/embedded-store-numbers.ts'

function writer(dataDir: string, first: number): ChildProcessWithoutNullStreams {
  const file = fileURLToPath(new URL('./embedded-store-writer.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', file, dataDir, String(first)])
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

it('an embedded store in use by another process cannot be opened: one sentence on both sides, and nothing harmed', async () => {
  const dataDir = await temporaryDirectory()
  const other = writer(dataDir, 0)
  await once(other.stdout, 'data')
  expect(await openingError(dataDir)).toContain('is in use by another process')
  const third = writer(dataDir, 0)
  let errors = ''
  third.stderr.on('data', (chunk) => {
    errors += chunk
  })
  expect(await once(third, 'exit')).toEqual([1, null])
  expect(errors).toContain('is in use by another process')
  expect(errors).not.toMatch(/unhandled|LEVEL_/i)
  other.kill('SIGKILL')
  await once(other, 'exit')
  expect((await numbersIn(dataDir)).length).toBeGreaterThanOrEqual(0)
})

it('a damaged store that another process has open is not rebuilt under its feet', async () => {
  const dataDir = await temporaryDirectory()
  const path = join(dataDir, 'store')
  const first = writer(dataDir, 0)
  while (!/^\d{3}/m.test(String(await once(first.stdout, 'data'))));
  first.kill('SIGKILL')
  await once(first, 'close')
  // Opened once more, what was in the log is in a table.
  const second = writer(dataDir, 0)
  await once(second.stdout, 'data')
  const table = join(path, (await readdir(path)).find((name) => name.endsWith('.ldb')) ?? '')
  const bytes = await readFile(table)
  bytes[bytes.length - 60] = (bytes[bytes.length - 60] ?? 0) ^ 4
  await writeFile(table, bytes)
  expect(await openingError(dataDir)).toContain('is in use by another process')
  expect(await readdir(dataDir)).not.toContain('store.damaged')
  expect(await readdir(path)).toContain('CURRENT')
  second.kill('SIGKILL')
  await once(second, 'close')
  expect((await numbersIn(dataDir)).length).toBeGreaterThanOrEqual(60)
  expect(await readdir(dataDir)).toContain('store.damaged')
})

describe('a process that is killed', () => {
  it('while it writes loses nothing of what was acknowledged', async () => {
    const dataDir = await temporaryDirectory()
    let acknowledged = 0
    for (const patience of [0, 30, 90, 200]) {
      const child = writer(dataDir, acknowledged)
      child.stdout.on('data', (chunk: Buffer) => {
        for (const line of chunk.toString().split('\n'))
          acknowledged = Math.max(acknowledged, Number(line) || 0)
      })
      const before = acknowledged
      while (acknowledged === before) await once(child.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, patience))
      child.kill('SIGKILL')
      await once(child, 'close')
      const numbers = await numbersIn(dataDir)
      expect(numbers.length).toBeGreaterThanOrEqual(acknowledged)
      expect(numbers.slice(0, acknowledged)).toEqual(
        Array.from({ length: acknowledged }, (_, index) => index),
      )
    }
  })

  it('while it opens a new store leaves one that opens', async () => {
    const dataDir = await temporaryDirectory()
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const child = writer(dataDir, 0)
      const store = join(dataDir, 'store')
      // The moment the directory appears is when LevelDB and the table are made.
      while (!(await stat(store).catch(() => undefined)) && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 1))
      await new Promise((resolve) => setTimeout(resolve, attempt * 3))
      child.kill('SIGKILL')
      await once(child, 'close')
      await numbersIn(dataDir)
      await rm(store, { recursive: true })
    }
  })
})
