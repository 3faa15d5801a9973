import { setTimeout as wait } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { SyncMessage } from '../domain/sync-message.ts'
import { objectStore } from './objects.ts'
import { openQueue } from './queue.ts'
import { openStores } from './stores.ts'
import { openTable } from './table.ts'
import { secretsManagerStorage, vault } from './vault.ts'

/** A call to AWS that takes longer is tried again. Milliseconds. */
const timeouts = { connectionTimeout: 2_000, requestTimeout: 10_000 }
const maxAttempts = 5

/** Everything that is kept in the table of this name, in the function's own account and region. */
export function cloudStores(tableName: string) {
  return openStores(
    openTable({ maxAttempts, requestHandler: timeouts }, tableName, { random: Math.random, sleep }),
  )
}

/** The vault in Secrets Manager. Without `kmsKeyId` it cannot store anything that our readers could read. */
export function cloudVault(options: { prefix: string; kmsKeyId?: string }) {
  return vault(
    secretsManagerStorage(new SecretsManagerClient({ maxAttempts, requestHandler: timeouts }), options),
  )
}

/** The queue of syncs at this address. */
export function cloudQueue(url: string) {
  return openQueue<SyncMessage>(new SQSClient({ maxAttempts, requestHandler: timeouts }), url)
}

/** What is sent to whoever writes exports. */
export type ExportMessage = { readonly user: string; readonly id: string }

/** The queue of exports at this address. */
export function cloudExportQueue(url: string) {
  return openQueue<ExportMessage>(new SQSClient({ maxAttempts, requestHandler: timeouts }), url)
}

/** The bucket of finished exports. Parts of a file may take longer than other calls. */
export function cloudObjects(bucket: string) {
  const requestHandler = { ...timeouts, requestTimeout: 60_000 }
  return objectStore(new S3Client({ maxAttempts, requestHandler }), { bucket })
}

/** Resolves, early when the signal fires. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined)
}
