import { S3Client } from '@aws-sdk/client-s3'
import { cloudVault, sleep } from './cloud.ts'
import { statementBucket } from './cloud-statements.ts'
import { inBackground } from './patience.ts'
import { personalData } from './personal-data.ts'
import { openStores } from './stores.ts'
import { openTable } from './table.ts'

/** Everything that is kept of people in a stage, for whoever is asked to delete one person's data. */
export function openForgetting(names: {
  readonly table: string
  /** Of exports. */
  readonly bucket: string
  /** The bucket of statement files. */
  readonly statements: string
  readonly prefix: string
  readonly envelopes: string
}) {
  const table = openTable(inBackground, names.table, { random: Math.random, sleep })
  const s3 = new S3Client({ ...inBackground, forcePathStyle: true })
  return {
    ...openStores(table),
    vault: cloudVault(names, inBackground),
    personal: personalData(table, s3, [names.bucket, names.statements]),
    statementObjects: statementBucket(s3, names.statements),
  }
}
