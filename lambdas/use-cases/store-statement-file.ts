import type { Connection, Owner } from '../domain/connection.ts'
import { minute } from '../domain/window.ts'
import type { FileStored } from '../statements/file-plan.ts'
import { FileRefused } from '../statements/refusal.ts'
import type { StatementFile } from '../statements/statement-file.ts'
import { findStatementFile } from './add-statement-file.ts'
import { findConnection, nameOf, ownerOf } from './find-connection.ts'
import { oweMerge } from './owe-merge.ts'
import {
  type FileRequest,
  planFile,
  type ReadFile,
  type ReadStatementFilePorts,
  readTables,
  rowsKey,
} from './read-statement-file.ts'
import { RefusedError } from './refusal.ts'
import { type WriteMergePorts, writeMerge } from './write-merge.ts'

export type StoreStatementFilePorts = ReadStatementFilePorts &
  WriteMergePorts & {
    readonly newId: () => string
    readonly lease: {
      acquire(owner: Owner, holder: string, now: number, ttl: number): Promise<number | undefined>
      renew(owner: Owner, holder: string, epoch: number, now: number, ttl: number): Promise<boolean>
      release(owner: Owner, holder: string, epoch: number): Promise<void>
    }
  }

/**
 * Makes a file part of the history as it was read. `digest` names the plan that its owner has seen: where storing would do anything
 * else by now, nothing is stored. Doing it again, because it was cut short or asked for twice, does what is left. Throws
 * `RefusedError`.
 */
export async function storeStatementFile(
  ports: StoreStatementFilePorts,
  request: FileRequest & { readonly digest: string },
): Promise<FileStored> {
  const { user, connection: id, file } = request
  return underLease(ports, user, id, async (connection, goOn) => {
    const found = await findStatementFile(ports, user, id, file)
    const read = await readOrRefuse(ports, connection, found, request)
    if (isStoredAs(found, read)) return writeMerge(ports, connection, goOn)
    await refuseStale(ports, connection, found, read, request.digest)
    for (const [table, { months }] of read.reading.tables.entries())
      for (const month of months) {
        await goOn()
        await ports.statementObjects.write(
          rowsKey(found, read.reading, table, month),
          read.bytesOf(table, month),
        )
      }
    for (const [signature, layout] of Object.entries(read.reading.settings.layouts ?? {}))
      await ports.layouts.save(user, signature, layout)
    await count(ports, connection, found, { ...found, state: 'stored', reading: read.reading })
    return writeMerge(ports, connection, goOn)
  })
}

/** Takes the rows of a file out of the history again: it is as if the file had not been stored. The file stays, and can be read anew. */
export async function takeBackStatementFile(
  ports: StoreStatementFilePorts,
  { user, connection: id, file }: Pick<FileRequest, 'user' | 'connection' | 'file'>,
): Promise<FileStored> {
  return underLease(ports, user, id, async (connection, goOn) => {
    const found = await findStatementFile(ports, user, id, file)
    return takeBackHeld(ports, connection, found, goOn)
  })
}

/** For whoever holds the lease already. */
export async function takeBackHeld(
  ports: StoreStatementFilePorts,
  connection: Connection,
  file: StatementFile,
  goOn: () => Promise<void>,
): Promise<FileStored> {
  if (file.state === 'stored') await count(ports, connection, file, { ...file, state: 'taken-back' })
  return writeMerge(ports, connection, goOn)
}

/** From here on it counts, or counts no more: its merge is owed first, so that whoever is cut off leaves it to the next one. */
async function count(
  ports: StoreStatementFilePorts,
  connection: Connection,
  before: StatementFile,
  after: StatementFile,
): Promise<void> {
  if (!(await oweMerge(ports, connection)) || !(await ports.statementFiles.swap(before, after)))
    throw busy(connection)
}

function isStoredAs({ state, reading }: StatementFile, read: ReadFile): boolean {
  const attests = (one: ReadFile['reading'] | undefined) => JSON.stringify([one?.id, one?.attests])
  return state === 'stored' && attests(reading) === attests(read.reading)
}

async function readOrRefuse(
  ports: StoreStatementFilePorts,
  connection: Connection,
  file: StatementFile,
  request: FileRequest,
): Promise<ReadFile> {
  const read = await unlessRefused(() => readTables(ports, connection, file, request))
  if (read.kind === 'refused') throw new RefusedError('file-refused', read.sentence)
  if (read.kind === 'asks')
    throw new RefusedError(
      'file-refused',
      `${file.name} cannot be read before its questions are answered: read it first, and answer what is asked.`,
    )
  return read
}

async function refuseStale(
  ports: StoreStatementFilePorts,
  connection: Connection,
  file: StatementFile,
  read: ReadFile,
  digest: string,
): Promise<void> {
  const plan = await unlessRefused(() => planFile(ports, connection, file, read))
  if (plan.digest === digest) return
  throw new RefusedError(
    'stale-plan',
    `What storing ${file.name} would do is not what was shown any more: the history, or how the file is read, has changed since. ` +
      'Nothing was stored: read the file again, and look at what is shown now.',
  )
}

async function unlessRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error
    throw new RefusedError('file-refused', error.message)
  }
}

const leaseTime = minute

/** A sync and a merge of one connection never meet. */
export async function underLease<T>(
  ports: StoreStatementFilePorts,
  user: string,
  id: string,
  work: (connection: Connection, goOn: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const connection = await findConnection(ports, user, id)
  const owner = ownerOf(connection)
  const holder = ports.newId()
  const epoch = await ports.lease.acquire(owner, holder, ports.clock(), leaseTime)
  if (epoch === undefined) throw busy(connection)
  let renewedAt = ports.clock()
  const goOn = async () => {
    const now = ports.clock()
    if (now - renewedAt < leaseTime / 4) return
    if (!(await ports.lease.renew(owner, holder, epoch, now, leaseTime))) throw busy(connection)
    renewedAt = now
  }
  try {
    return await work(await findConnection(ports, user, id), goOn)
  } finally {
    await ports.lease.release(owner, holder, epoch)
  }
}

function busy(connection: Connection): RefusedError {
  return new RefusedError(
    'busy',
    `Another request or sync is at work on ${nameOf(connection)}. Try again in a minute.`,
    connection.id,
  )
}
