import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { message, start } from './child.ts'

type MemoryReport = { readonly peakMegabytes: number }

export type TerminalImport = MemoryReport & {
  readonly complete: boolean
  readonly rows: number
  /** From the start of the process to its end, the files written. */
  readonly seconds: number
}

/** Which exchange is simulated, and its key. */
export type Simulated = {
  readonly exchange: ExchangeDefinition
  readonly keys: { readonly apiKey: string; readonly secret: string; readonly memo?: string }
}

/** `npm run import` from a simulated exchange, into directories that are gone afterwards. */
export async function importInTerminal(
  url: string,
  { exchange, keys }: Simulated = { exchange: bitmart, keys: demoKey },
): Promise<TerminalImport> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'))
  const { id, hostVariables, credentialVariables } = exchange
  const keyOf = { apiKey: keys.apiKey, secret: keys.secret, passphrase: keys.memo ?? '' }
  const startedAt = Date.now()
  const words = ['import', '--exchange', id, '--json', '--out', join(directory, 'history')]
  const child = start('../../local/exchange-history.mjs', words, {
    execArgv: ['--import', new URL('report-memory.mjs', import.meta.url).href],
    env: {
      ...process.env,
      DATA_DIR: join(directory, 'data'),
      ...Object.fromEntries(Object.values(hostVariables).map((variable) => [variable, url])),
      ...Object.fromEntries(
        exchange.credentials.map(({ name }) => [credentialVariables[name] ?? '', keyOf[name]]),
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
