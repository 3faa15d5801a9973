import type { Connection, Owner } from '../domain/connection.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { minute } from '../domain/window.ts'
import type { StatementFile } from '../statements/statement-file.ts'
import { type AddedFile, addStatementFile, fileId, type StatementFilePorts } from './add-statement-file.ts'
import { ownerOf } from './find-connection.ts'
import { type ListConnectionsPorts, listConnections } from './list-connections.ts'
import {
  anotherKeyless,
  type Keyless,
  type OpenKeylessPorts,
  openAnotherKeyless,
  openMeantKeyless,
  vainAccounts,
} from './open-keyless.ts'

export type AddKeylessFilePorts = StatementFilePorts &
  ListConnectionsPorts &
  OpenKeylessPorts & {
    readonly exchanges: ReadonlyMap<string, Pick<ExchangeDefinition, 'name'>>
    readonly newId: () => string
    readonly lease: {
      acquire(owner: Owner, holder: string, now: number, ttl: number): Promise<number | undefined>
      release(owner: Owner, holder: string, epoch: number): Promise<void>
    }
  }

type Announced = Pick<StatementFile, 'name' | 'bytes' | 'sha256'>

/**
 * Announces a file of an account without a key, and opens that where it is not here. `newAccount`: it is none of those that are here.
 * Throws `RefusedError`.
 */
export async function addKeylessFile(
  ports: AddKeylessFilePorts,
  keyless: Keyless & { readonly newAccount: boolean },
  announced: Announced,
): Promise<AddedFile> {
  const { user, newAccount } = keyless
  const known = await listConnections(ports, user)
  const vain = await vainAccounts(ports, known, fileId(announced.sha256))
  if (!newAccount) {
    const { id } = await openMeantKeyless(ports, known, keyless, vain)
    return addStatementFile(ports, user, id, announced)
  }
  const others = known.filter(({ id }) => !vain.has(id))
  const again = anotherKeyless(ports, others, keyless)
  const added = vain.has(again.id) ? await addInPlace(ports, again, announced) : undefined
  if (added !== undefined) return added
  const { id } = await openAnotherKeyless(ports, known, keyless)
  return addStatementFile(ports, user, id, announced)
}

const leaseTime = minute

/** In the place of what came in vain. Undefined where somebody else did so a moment before: his may be another account. */
async function addInPlace(
  ports: AddKeylessFilePorts,
  begun: Connection,
  announced: Announced,
): Promise<AddedFile | undefined> {
  const owner = ownerOf(begun)
  const holder = ports.newId()
  const epoch = await ports.lease.acquire(owner, holder, ports.clock(), leaseTime)
  if (epoch === undefined) return undefined
  try {
    const vain = await vainAccounts(ports, [begun], fileId(announced.sha256))
    return vain.has(begun.id) ? await addStatementFile(ports, begun.user, begun.id, announced) : undefined
  } finally {
    await ports.lease.release(owner, holder, epoch)
  }
}
