import { createHash } from 'node:crypto'
import { openFileStores } from '../../lambdas/adapters/statement-files.ts'
import { openStores } from '../../lambdas/adapters/stores.ts'
import type { Table } from '../../lambdas/adapters/table.ts'
import type { Connection, Owner } from '../../lambdas/domain/connection.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { readStatement, type Settings } from '../../lambdas/statements/read-statement.ts'
import { addStatementFile, keepContent } from '../../lambdas/use-cases/add-statement-file.ts'
import { type FileRequest, readStatementFile } from '../../lambdas/use-cases/read-statement-file.ts'
import {
  type StoreStatementFilePorts,
  storeStatementFile,
  takeBackStatementFile,
} from '../../lambdas/use-cases/store-statement-file.ts'
import { modelTable } from '../model/model-table.ts'

export const owner = { user: 'ann', connection: 'c1' }

/** An account at BingX. */
function accountOf({ user, connection: id }: Owner): Connection {
  return {
    id,
    user,
    exchange: 'bingx',
    subaccount: '',
    keyHint: '1234',
    status: 'connected',
    vaultRef: 'ref',
    createdAt: 0,
  }
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A folder that is a map. */
export function objectsIn(objects: Map<string, Uint8Array>): StoreStatementFilePorts['statementObjects'] {
  return {
    write: async (key, bytes) => void objects.set(key, bytes),
    read: async (key) => objects.get(key),
    removeAll: async (prefix) => {
      for (const key of [...objects.keys()]) if (key.startsWith(prefix)) objects.delete(key)
    },
  }
}

/** The adapters over a table in memory, with an account of each of these owners, and a folder that is a map. */
export async function openStatementFiles({
  table = modelTable(() => undefined).open('home'),
  objects = new Map<string, Uint8Array>(),
  owners,
  clock,
}: {
  table?: Table
  objects?: Map<string, Uint8Array>
  owners: readonly Owner[]
  clock: () => number
}) {
  const stores = { ...openStores(table), ...openFileStores(table) }
  for (const one of owners) await stores.connections.swap(undefined, accountOf(one))
  let ids = 0
  const ports: StoreStatementFilePorts = {
    ...stores,
    exchanges,
    clock,
    newId: () => `id-${++ids}`,
    digestOf: sha256,
    readStatement,
    statementObjects: objectsIn(objects),
  }

  async function history(of: Owner) {
    const rows = []
    for await (const row of stores.transactions.each(of)) rows.push(row)
    return rows
  }

  return { stores, ports, table, objects, history }
}

/** The files of one account, brought in as somebody does it. */
export async function statementFilesHome(table?: Table, objects?: Map<string, Uint8Array>) {
  const home = { now: Date.UTC(2026, 2, 3) }
  const opened = await openStatementFiles({ table, objects, owners: [owner], clock: () => home.now })
  const { ports } = opened

  async function add(text: string, name = 'statement.csv'): Promise<string> {
    const bytes = new TextEncoder().encode(text)
    const { file } = await addStatementFile(ports, owner.user, owner.connection, {
      name,
      bytes: bytes.length,
      sha256: sha256(bytes),
    })
    await keepContent(ports, owner.user, owner.connection, file.id, bytes)
    return file.id
  }

  async function request(text: string, settings: Settings, attests?: FileRequest['attests']) {
    return { ...owner, file: await add(text), settings, ...(attests !== undefined && { attests }) }
  }

  async function read(text: string, settings: Settings = {}, attests?: FileRequest['attests']) {
    return readStatementFile(ports, await request(text, settings, attests))
  }

  /** Reads it, and stores what was shown. */
  async function store(text: string, settings: Settings = {}, attests?: FileRequest['attests']) {
    const asked = await request(text, settings, attests)
    const found = await readStatementFile(ports, asked)
    if (found.kind !== 'read') throw new Error(JSON.stringify(found))
    return storeStatementFile(ports, { ...asked, digest: found.plan.digest })
  }

  async function takeBack(text: string) {
    return takeBackStatementFile(ports, { ...owner, file: await add(text) })
  }

  return { home, ...opened, add, request, read, store, takeBack, history: () => opened.history(owner) }
}

/** Spot orders as BingX tells them, one a line. */
export function bingxOrders(...lines: readonly string[]): string {
  return `UID,Order No.,Time(UTC),Pair,Type,Price,Amount,Order Value,Fee,Fee Coin,Order Type\n${lines.join('\n')}\n`
}
