import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestOf } from '../../lambdas/adapters/identity.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { addStatementFile, keepContent } from '../../lambdas/use-cases/add-statement-file.ts'
import { readStatementFile } from '../../lambdas/use-cases/read-statement-file.ts'
import { storeStatementFile } from '../../lambdas/use-cases/store-statement-file.ts'
import { statementHome } from '../../local/statement-home.ts'
import { peakMegabytes } from './memory-use.mjs'
import { withTableOnDisk } from './store-on-disk.ts'

export type StatementReport = {
  readonly rows: number
  /** What is stored of them, each event once. */
  readonly stored: number
  readonly seconds: number
  readonly peakMegabytes: number
}

const connection: Connection = {
  id: 'c',
  user: 'u',
  exchange: 'bingx',
  subaccount: '',
  keyHint: '1234',
  status: 'connected',
  vaultRef: 'ref',
  createdAt: 0,
}
const owner = { user: connection.user, connection: connection.id }

/** Reads one statement file, shows what storing it would do, and stores it, in the embedded store: as an import in the terminal. */
async function bringIn(path: string): Promise<Pick<StatementReport, 'rows' | 'stored'>> {
  const folder = await mkdtemp(join(tmpdir(), 'statement-'))
  try {
    return await withTableOnDisk(async (table) => {
      const home = statementHome(table, { env: { DATA_DIR: folder }, clock: () => Date.UTC(2026, 10, 27) })
      await home.connections.swap(undefined, connection)
      const id = await keep(home, readFileSync(path))
      const request = { ...owner, file: id, settings: {} }
      const read = await readStatementFile(home, request)
      if (read.kind !== 'read') throw new Error(`The statement was not read: ${JSON.stringify(read)}.`)
      const stored = await storeStatementFile(home, { ...request, digest: read.plan.digest })
      const rows = read.tables.reduce((sum, { preview }) => sum + preview.rows, 0)
      return { rows, stored: stored.written }
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Its bytes are not held beyond this. */
async function keep(home: ReturnType<typeof statementHome>, bytes: Uint8Array): Promise<string> {
  const told = { name: 'statement', bytes: bytes.length, sha256: digestOf(bytes) }
  const { file } = await addStatementFile(home, owner.user, owner.connection, told)
  await keepContent(home, owner.user, owner.connection, file.id, bytes)
  return file.id
}

const startedAt = performance.now()
const { rows, stored } = await bringIn(process.argv[2] ?? '')
process.send?.({
  rows,
  stored,
  seconds: (performance.now() - startedAt) / 1_000,
  peakMegabytes: peakMegabytes(),
} satisfies StatementReport)
