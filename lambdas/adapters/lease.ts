import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Owner } from '../domain/connection.ts'
import { parseItem, type Table, unlessRefused } from './table.ts'
import { leaseKey } from './table-keys.ts'

/**
 * Who may sync a connection now. `epoch` counts takeovers and only grows, also when the lease was removed in
 * between: a new count begins at the clock. `since` is where it began: coverage of an earlier epoch was written by
 * a run that outlived the removal of its history.
 */
export type Lease = { readonly epoch: number; readonly since: number; readonly holder?: string }

const leaseSchema: z.ZodType<Lease> = z.object({
  epoch: z.number(),
  since: z.number(),
  holder: z.string().optional(),
})

/** The lease as it is, strongly consistent; undefined when no run ever began. */
export async function readLease(table: Table, owner: Owner): Promise<Lease | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: leaseKey(owner), ConsistentRead: true }),
  )
  return Item === undefined ? undefined : parseItem(leaseSchema, Item)
}

const takeOver =
  'SET #epoch = if_not_exists(#epoch, :now) + :one, #since = if_not_exists(#since, :now), ' +
  '#holder = :holder, #expires = :expires'

const takeOverNames = {
  '#epoch': 'epoch',
  '#since': 'since',
  '#holder': 'holder',
  '#expires': 'expires',
}

/** Holds the lease of a connection whose sync was stopped by force. */
const seizer = '(seized)'

/** One run at a time for each connection. Times and spans in milliseconds. */
export function leaseStore(table: Table) {
  async function take(owner: Owner, holder: string, now: number, ttl: number, condition?: string) {
    const answer = await unlessRefused(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: leaseKey(owner),
          UpdateExpression: takeOver,
          ConditionExpression: condition,
          ExpressionAttributeNames: takeOverNames,
          ExpressionAttributeValues: { ':now': now, ':one': 1, ':holder': holder, ':expires': now + ttl },
          ReturnValues: 'ALL_NEW',
        }),
      ),
    )
    return answer?.Attributes === undefined ? undefined : parseItem(leaseSchema, answer.Attributes).epoch
  }

  async function update(
    owner: Owner,
    expression: string,
    condition: string,
    names: Record<string, string>,
    values?: Record<string, unknown>,
  ): Promise<boolean> {
    const answer = await unlessRefused(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: leaseKey(owner),
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: values,
        }),
      ),
    )
    return answer !== undefined
  }

  const held = '#holder = :holder AND #epoch = :epoch'
  const names = { '#holder': 'holder', '#epoch': 'epoch', '#expires': 'expires' }

  return {
    /** The new epoch when the lease was free, expired or the holder's own; undefined while another holds it. */
    async acquire(owner: Owner, holder: string, now: number, ttl: number): Promise<number | undefined> {
      return take(
        owner,
        holder,
        now,
        ttl,
        'attribute_not_exists(#holder) OR #expires <= :now OR #holder = :holder',
      )
    },

    /** False when the lease is no longer the holder's. */
    async renew(owner: Owner, holder: string, epoch: number, now: number, ttl: number): Promise<boolean> {
      return update(owner, 'SET #expires = :expires', held, names, {
        ':holder': holder,
        ':epoch': epoch,
        ':expires': now + ttl,
      })
    },

    /** Whether the lease is still the one of this epoch: nobody took it over, and the history was not removed. */
    async holds(owner: Owner, epoch: number): Promise<boolean> {
      return (await readLease(table, owner))?.epoch === epoch
    },

    /** Gives the lease up; does nothing when it is no longer the holder's. */
    async release(owner: Owner, holder: string, epoch: number): Promise<void> {
      await update(owner, 'REMOVE #holder, #expires', held, names, { ':holder': holder, ':epoch': epoch })
    },

    /** Frees the lease whoever holds it and keeps the epoch: for a holder known to be dead. */
    async expire(owner: Owner): Promise<void> {
      const { '#epoch': _, ...rest } = names
      await update(owner, 'REMOVE #holder, #expires', 'attribute_exists(#holder)', rest)
    },

    /** Takes the lease by force for `ttl`: the run that held it can save no coverage from now on. */
    async seize(owner: Owner, now: number, ttl: number): Promise<number> {
      const epoch = await take(owner, seizer, now, ttl)
      if (epoch === undefined) throw new Error('The store refused an update without a condition.')
      return epoch
    },
  }
}
