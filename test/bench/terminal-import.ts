import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { message, nodeOptions, start } from './child.ts'
import type { MemoryReport } from './report-memory.ts'

export type TerminalImport = MemoryReport & {
  readonly complete: boolean
  readonly rows: number
  /** From the start of the process to its end, the files written. */
  readonly seconds: number
}

/** `npm run import` from a simulated BitMart, into directories that are gone afterwards. */
export async function importInTerminal(url: string): Promise<TerminalImport> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'))
  const { hostVariables, credentialVariables } = bitmart
  const keyOf = { apiKey: demoKey.apiKey, secret: demoKey.secret, passphrase: demoKey.memo }
  const startedAt = Date.now()
  const child = start('../../local/import.ts', ['--json', '--out', join(directory, 'history')], {
    execArgv: [...nodeOptions, '--import', new URL('report-memory.ts', import.meta.url).href],
    env: {
      ...process.env,
      DATA_DIR: join(directory, 'data'),
      ...Object.fromEntries(Object.values(hostVariables).map((variable) => [variable, url])),
      ...Object.fromEntries(
        bitmart.credentials.map(({ name }) => [credentialVariables[name] ?? '', keyOf[name]]),
      ),
    },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  try {
    const printing = child.stdout === null ? '' : text(child.stdout)
    const { peakMegabytes } = await message<MemoryReport>(child)
    const seconds = (Date.now() - startedAt) / 1_000
    const result = JSON.parse((await printing).trim().split('\n').at(-1) ?? '') as ImportResult
    const rows = result.streams.reduce((sum, stream) => sum + stream.new, 0)
    return { complete: result.complete, rows, seconds, peakMegabytes }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

type ImportResult = { readonly complete: boolean; readonly streams: readonly { readonly new: number }[] }
