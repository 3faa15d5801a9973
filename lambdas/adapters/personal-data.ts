import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3'
import { queryAll, type Table, writeAll } from './table.ts'
import { everyKeyOfOwner, everyKeyOfUser, type Key } from './table-keys.ts'

/** All that is stored of one person under any key, whatever kind it is: nothing here knows the kinds that there are today. */
export function personalData(table: Table, s3: Pick<S3Client, 'send'>, buckets: readonly string[]) {
  async function keysOf(user: string, connections: readonly string[]): Promise<readonly Key[]> {
    const ranges = [
      everyKeyOfUser(user),
      ...connections.map((connection) => everyKeyOfOwner({ user, connection })),
    ]
    const found = await Promise.all(ranges.map((range) => queryAll(table, range, { keysOnly: true })))
    return found.flat().map(({ PK, SK }) => ({ PK: String(PK), SK: String(SK) }))
  }

  const prefixOf = (user: string) => `${encodeURIComponent(user)}/`

  async function filesOf(bucket: string, user: string): Promise<readonly string[]> {
    const names: string[] = []
    let next: string | undefined
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefixOf(user), ContinuationToken: next }),
      )
      names.push(...(page.Contents ?? []).flatMap(({ Key: name }) => name ?? []))
      next = page.NextContinuationToken
    } while (next !== undefined)
    return names
  }

  /** Files that were being written: their parts are rows, too. A thousand at most, and the next look finds the rest. */
  async function unfinishedOf(bucket: string, user: string) {
    const { Uploads = [] } = await s3.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefixOf(user) }),
    )
    return Uploads
  }

  return {
    async removeAll(user: string, connections: readonly string[]): Promise<void> {
      await writeAll(
        table,
        (await keysOf(user, connections)).map((key) => ({ remove: key })),
      )
      for (const Bucket of buckets) {
        for (const name of await filesOf(Bucket, user))
          await s3.send(new DeleteObjectCommand({ Bucket, Key: name }))
        for (const { Key: name, UploadId } of await unfinishedOf(Bucket, user))
          await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: name, UploadId }))
      }
    },

    /** How much there still is. */
    async count(user: string, connections: readonly string[]) {
      const keys = await keysOf(user, connections)
      let files = 0
      for (const bucket of buckets)
        files += (await filesOf(bucket, user)).length + (await unfinishedOf(bucket, user)).length
      return { items: keys.length, files }
    },
  }
}
