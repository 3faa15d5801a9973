import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { message, start } from './child.ts'
import type { StatementReport } from './statement-library-process.ts'

/** `npm run import -- --file`, into a store that is gone afterwards. */
export async function bringInByTerminal(path: string): Promise<StatementReport> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'))
  const startedAt = Date.now()
  const out = join(directory, 'history')
  const words = ['import', '--file', path, '--exchange', 'bingx', '--out', out, '--yes', '--json']
  const child = start('../../local/exchange-history.mjs', words, {
    execArgv: ['--import', new URL('report-memory.mjs', import.meta.url).href],
    env: { ...process.env, DATA_DIR: directory },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  try {
    const printing = child.stdout === null ? '' : text(child.stdout)
    const used = await message<Pick<StatementReport, 'peakMegabytes' | 'processorSeconds'>>(child)
    const seconds = (Date.now() - startedAt) / 1_000
    const { written: rows } = JSON.parse((await printing).trim().split('\n').at(-1) ?? '') as Result
    return { rows, seconds, ...used }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

type Result = { readonly written: number }
