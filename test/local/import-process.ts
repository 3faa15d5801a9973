import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { runImport, type Surroundings } from '../../local/import/run-import.ts'
import type { SimulatedKey } from '../../local/simulated-bitmart/options.ts'
import type { SimulatedBitmart } from '../../local/simulated-bitmart/server.ts'

/** Secrets that must never be seen anywhere. The last four characters of the access key may. */
export const canary = {
  apiKey: 'CANARY-ACCESS-KEY-7d1f0c9e2b',
  secret: 'CANARY-SECRET-KEY-5a8e4d3c1f',
  memo: 'CANARY-MEMO ※ naïve! 9c2e',
} as const

export const canaryKey: SimulatedKey = { ...canary, permissions: ['read'] }

export type Finished = {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The files that an import wrote below `out`, of its only account: the folder, and the text of one of them. */
export async function filesOf(out: string) {
  const [folder = '', ...others] = await readdir(out)
  expect(others).toEqual([])
  return { folder: join(out, folder), read: (name: string) => readFile(join(out, folder, name), 'utf8') }
}

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'import-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** The variables that point the importer at a simulated exchange, with the canary as its key. */
export function environmentFor(
  bitmart: Pick<SimulatedBitmart, 'spotUrl' | 'futuresUrl'>,
  dataDir: string,
): Record<string, string> {
  return {
    BITMART_SPOT_URL: bitmart.spotUrl,
    BITMART_FUTURES_URL: bitmart.futuresUrl,
    BITMART_API_KEY: canary.apiKey,
    BITMART_API_SECRET: canary.secret,
    BITMART_API_MEMO: canary.memo,
    DATA_DIR: dataDir,
  }
}

/** Starts `npm run import` without npm, as a process of its own with nothing in its environment but `env`. */
export function startImport(argv: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['local/exchange-history.mjs', 'import', ...argv], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }))
  })
  return { child, finished, output: () => stdout }
}

/** Runs the importer to its end, in a process of its own. */
export async function runImporter(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  return harmless(await startImport(argv, env).finished)
}

/** Runs the importer to its end in this process, with nobody at the keyboard. */
export async function runImportHere(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  const stdout = capture()
  const stderr = capture()
  const { exitCode } = await runImport(argv, {
    ...surroundings(env),
    stdout: stdout.stream,
    stderr: stderr.stream,
  })
  return harmless({ exitCode, stdout: stdout.text(), stderr: stderr.text() })
}

/** What the importer needs around it, with streams that are no terminal. */
export function surroundings(env: Readonly<Record<string, string>>): Surroundings {
  return {
    env,
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: capture().stream,
    stderr: capture().stream,
    clock: Date.now,
    sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
    random: Math.random,
    signal: new AbortController().signal,
  }
}

/** A stream that remembers what was written. */
export function capture(properties: object = {}): { stream: NodeJS.WriteStream; text(): string } {
  const stream = new PassThrough()
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return { stream: Object.assign(stream, properties) as unknown as NodeJS.WriteStream, text: () => text }
}

/** Whatever happens, no secret may be seen, and nothing may be coloured where there is no terminal. */
function harmless(finished: Finished): Finished {
  for (const text of [finished.stdout, finished.stderr]) {
    for (const secret of Object.values(canary)) expect(text).not.toContain(secret)
    expect(text).not.toContain('\u001B')
  }
  return finished
}

/** Looks into every file below, binary ones too. Returns how many there were. */
export async function expectNoSecretIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  for (const file of files) {
    const content = await readFile(join(file.parentPath, file.name))
    for (const secret of Object.values(canary)) {
      expect(content.includes(secret), `${file.name} holds a secret`).toBe(false)
      expect(content.includes(Buffer.from(secret).toString('base64')), `${file.name} holds a secret`).toBe(
        false,
      )
    }
  }
  return files.length
}
