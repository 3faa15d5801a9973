import { setTimeout as wait } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KMSClient } from '@aws-sdk/client-kms'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { allowanceStore } from './allowances.ts'
import { envelopeStorage } from './envelopes.ts'
import type { Patience } from './patience.ts'
import { secretsManagerStorage } from './secrets-manager.ts'
import { sideBySide } from './side-by-side.ts'
import { openStores } from './stores.ts'
import { syncQueues } from './sync-queues.ts'
import { openTable } from './table.ts'
import { vault } from './vault.ts'

/** Everything that is kept in the table of this name, in the function's own account and region. */
export function cloudStores(tableName: string, patience: Patience, cell?: number) {
  return openStores(openTable(patience, tableName, { random: Math.random, sleep }), cell)
}

/** What the workers of a cell together may do at an exchange: theirs alone, so that nobody else carries it along. */
export function cloudAllowances(tableName: string, patience: Patience, cell?: number) {
  return allowanceStore(openTable(patience, tableName, { random: Math.random, sleep }), cell)
}

/**
 * Secrets Manager, and the table of envelopes where a stage has one (`envelopes` is its name, or empty). Without `kmsKeyId` it cannot
 * store anything that our readers could read.
 */
export function cloudVault(
  { envelopes, ...options }: { prefix: string; envelopes: string; kmsKeyId?: string },
  patience: Patience,
) {
  return vault(
    sideBySide(
      secretsManagerStorage(new SecretsManagerClient(patience), options),
      envelopes === ''
        ? undefined
        : envelopeStorage(
            new KMSClient(patience),
            DynamoDBDocumentClient.from(new DynamoDBClient(patience)),
            { tableName: envelopes, keyId: options.kmsKeyId },
          ),
    ),
  )
}

/** The queues of syncs whose addresses begin like this. */
export function cloudQueues(url: string, patience: Patience) {
  return syncQueues(new SQSClient(patience), url)
}

/** Resolves, early when the signal fires. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined)
}
