import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { openForgetting } from '../lambdas/adapters/cloud-forgetting.ts'
import type { Owner } from '../lambdas/domain/connection.ts'
import { day } from '../lambdas/domain/window.ts'
import { placeOfConnection } from '../lambdas/use-cases/add-statement-file.ts'
import { connectionsOf, forgetUser, remainsOf } from '../lambdas/use-cases/forget-user.ts'
import { stopSync } from '../lambdas/use-cases/stop-sync.ts'

/** Deletes one person's data, or, with `--prove`, says what is left of it. Exits with 3 where something is. */
const { values } = parseArgs({
  options: {
    user: { type: 'string' },
    table: { type: 'string' },
    bucket: { type: 'string' },
    statements: { type: 'string' },
    secrets: { type: 'string' },
    envelopes: { type: 'string', default: '' },
    connections: { type: 'string', default: '' },
    'log-days': { type: 'string', default: '90' },
    prove: { type: 'boolean', default: false },
  },
})
const { user, table, bucket, statements, secrets, envelopes } = values

/** As long as recovery points and backups keep what is deleted today. */
const copiesFor = 35 * day

if (
  user === undefined ||
  table === undefined ||
  bucket === undefined ||
  statements === undefined ||
  secrets === undefined
) {
  process.stderr.write(
    'Say whose data, and where it is: --user, --table, --bucket, --statements and --secrets.\n',
  )
  process.exitCode = 2
} else {
  const home = openForgetting({ table, bucket, statements, prefix: secrets, envelopes })
  const ports = {
    ...home,
    clock: Date.now,
    newId: randomUUID,
    stopSync: (connection: Parameters<typeof stopSync>[1]) =>
      stopSync({ ...home, clock: Date.now }, connection),
    // All exports go at once, afterwards.
    forgetExports: async () => undefined,
    forgetFiles: (owner: Owner) => home.statementObjects.removeAll(placeOfConnection(owner)),
  }
  const named = values.connections.split(',').filter((id) => id !== '')
  const connections = [...new Set([...named, ...(await connectionsOf(ports, user))])]
  if (!values.prove) await forgetUser(ports, user, connections)
  const remains = await remainsOf(ports, user, connections)
  const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10)
  process.stdout.write(
    [
      `items in the table: ${remains.items}`,
      `files of exports and statements: ${remains.files}`,
      `left for the sweeper to finish, within two hours: ${remains.intents}`,
      `lines of logs with ids of connections: until ${isoDay(Date.now() + Number(values['log-days']) * day)}`,
      `recovery points and backups, and old versions of files, which nobody reads: until ${isoDay(Date.now() + copiesFor)}`,
      `to prove it: --prove --connections ${connections.join(',')}`,
      '',
    ].join('\n'),
  )
  if (remains.items + remains.files + remains.intents > 0) process.exitCode = 3
}
