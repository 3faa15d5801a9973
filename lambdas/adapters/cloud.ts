import { setTimeout as wait } from 'node:timers/promises'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { SyncMessage } from '../domain/sync-message.ts'
import type { Patience } from './patience.ts'
import { openQueue } from './queue.ts'
import { openStores } from './stores.ts'
import { openTable } from './table.ts'
import { secretsManagerStorage, vault } from './vault.ts'

/** Everything that is kept in the table of this name, in the function's own account and region. */
export function cloudStores(tableName: string, patience: Patience) {
  return openStores(openTable(patience, tableName, { random: Math.random, sleep }))
}

/** The vault in Secrets Manager. Without `kmsKeyId` it cannot store anything that our readers could read. */
export function cloudVault(options: { prefix: string; kmsKeyId?: string }, patience: Patience) {
  return vault(secretsManagerStorage(new SecretsManagerClient(patience), options))
}

/** The queue of syncs at this address. */
export function cloudQueue(url: string, patience: Patience) {
  return openQueue<SyncMessage>(new SQSClient(patience), url)
}

/** Resolves, early when the signal fires. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined)
}
