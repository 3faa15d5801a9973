import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import type { Table } from '../../lambdas/adapters/table.ts'
import { holds, type Stored, updated } from './model-expressions.ts'

/** What the store is about to do for whom. A hook may wait, throw or never return. */
export type Operation = { readonly name: string; readonly keys: readonly string[] }

export type Write = {
  readonly writer: string
  readonly partition: string
  readonly sort: string
  readonly before: Stored | undefined
  readonly after: Stored | undefined
}

export type Hooks = {
  readonly before?: (operation: Operation) => Promise<void>
  /** How many items of a batch are left unprocessed. */
  readonly leave?: (batch: number) => number
}

/** Items in one answer to a query, so that reading on is needed as soon as there is something to read. */
const pageOfQuery = 7

type Command = { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> }
type Request = { PutRequest?: { Item: Stored }; DeleteRequest?: { Key: Stored } }

/**
 * DynamoDB in memory, as far as the adapters of a sync use it: the real adapters run against it, and every write is
 * told to `written` the moment it is done. Each writer opens the table for itself, so that it is known who wrote.
 */
export function modelTable(written: (write: Write) => void) {
  const partitions = new Map<string, Map<string, Stored>>()

  function part(partition: string): Map<string, Stored> {
    const found = partitions.get(partition) ?? new Map<string, Stored>()
    partitions.set(partition, found)
    return found
  }

  function find(key: Stored): Stored | undefined {
    return part(String(key.PK)).get(String(key.SK))
  }

  function change(writer: string, key: Stored, after: Stored | undefined): void {
    const [partition, sort] = [String(key.PK), String(key.SK)]
    const before = part(partition).get(sort)
    if (after === undefined) part(partition).delete(sort)
    else part(partition).set(sort, withoutUndefined(after))
    written({ writer, partition, sort, before, after: part(partition).get(sort) })
  }

  function require(input: Record<string, unknown>, item: Stored | undefined): void {
    if (holds(input, item)) return
    throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} })
  }

  /** As the index of due connections is asked. What is due is little: one page holds it. */
  function queryIndex(input: Record<string, unknown>) {
    const names = fields(input, 'Names')
    const { ':shard': shard, ':now': now } = fields(input, 'Values')
    const [shardName, at] = [String(names['#shard']), String(names['#at'])]
    const items = [...partitions.values()].flatMap((found) => [...found.values()])
    return {
      Items: items
        .filter((item) => item[shardName] === shard && Number(item[at]) <= Number(now))
        .sort((a, b) => Number(a[at]) - Number(b[at])),
    }
  }

  function query(input: Record<string, unknown>) {
    if (input.IndexName !== undefined) return queryIndex(input)
    const {
      ':partition': partition,
      ':first': first,
      ':last': last,
      ':where': where,
    } = fields(input, 'Values')
    const start = input.ExclusiveStartKey as Stored | undefined
    const follows = (a: string, b: string) => (input.ScanIndexForward === false ? a < b : a > b)
    const sorts = [...part(String(partition)).keys()]
      .filter((sort) => sort >= String(first) && sort <= String(last))
      .filter((sort) => start === undefined || follows(sort, String(start.SK)))
      .sort()
    if (input.ScanIndexForward === false) sorts.reverse()
    const looked = sorts.slice(0, Math.min(pageOfQuery, Number(input.Limit ?? pageOfQuery)))
    const items = looked.map((sort) => part(String(partition)).get(sort) ?? {})
    const name = String(fields(input, 'Names')['#where'])
    return {
      Items: items.filter((item) => where === undefined || item[name] === where),
      ...(sorts.length > looked.length && { LastEvaluatedKey: { PK: partition, SK: looked.at(-1) } }),
    }
  }

  function batch(writer: string, input: Record<string, unknown>, leave: (batch: number) => number) {
    const [[name, requests] = ['', []]] = Object.entries(input.RequestItems as Record<string, Request[]>)
    const left = Math.min(requests.length, leave(requests.length))
    for (const { PutRequest, DeleteRequest } of requests.slice(left)) {
      if (PutRequest !== undefined) change(writer, PutRequest.Item, PutRequest.Item)
      if (DeleteRequest !== undefined) change(writer, DeleteRequest.Key, undefined)
    }
    return left === 0 ? { UnprocessedItems: {} } : { UnprocessedItems: { [name]: requests.slice(0, left) } }
  }

  function read(input: Record<string, unknown>) {
    const [[name, { Keys }] = ['', { Keys: [] }]] = Object.entries(
      input.RequestItems as Record<string, { Keys: Stored[] }>,
    )
    return { Responses: { [name]: Keys.map(find).filter((item) => item !== undefined) } }
  }

  function perform(writer: string, command: Command, leave: (batch: number) => number) {
    const { input } = command
    const key = (input.Key ?? input.Item) as Stored
    switch (command.constructor.name) {
      case 'GetCommand':
        return { Item: find(key) }
      case 'QueryCommand':
        return query(input)
      case 'PutCommand': {
        const before = find(key)
        require(input, before)
        change(writer, key, key)
        return { Attributes: before }
      }
      case 'UpdateCommand': {
        require(input, find(key))
        const after = updated(input, find(key) ?? key)
        change(writer, key, after)
        return { Attributes: after }
      }
      case 'DeleteCommand':
        require(input, find(key))
        change(writer, key, undefined)
        return {}
      case 'BatchGetCommand':
        return read(input)
      case 'BatchWriteCommand':
        return batch(writer, input, leave)
      default:
        throw new Error(`The model of the store knows no ${command.constructor.name}.`)
    }
  }

  function open(writer: string, { before, leave = () => 0 }: Hooks = {}): Table {
    const send = async (command: Command) => {
      await before?.({ name: command.constructor.name, keys: keysOf(command.input) })
      return perform(writer, command, leave)
    }
    return {
      client: { send } as unknown as Table['client'],
      name: 'model',
      random: () => 0,
      sleep: async () => undefined,
    }
  }

  /** Everything of one partition, by sort key. */
  function items(partition: string): ReadonlyMap<string, Stored> {
    return part(partition)
  }

  /** The names of all partitions in which there is something. */
  function inUse(): readonly string[] {
    return [...partitions].filter(([, found]) => found.size > 0).map(([name]) => name)
  }

  /** What a failing disk does: nobody is told. */
  function damage(partition: string, sort: string, item: Stored | undefined): void {
    if (item === undefined) part(partition).delete(sort)
    else part(partition).set(sort, item)
  }

  return { open, items, inUse, damage }
}

export type ModelTable = ReturnType<typeof modelTable>

function keysOf(input: Record<string, unknown>): readonly string[] {
  if (input.RequestItems !== undefined)
    return Object.values(input.RequestItems as Record<string, Request[] | { Keys: Stored[] }>)
      .flatMap((part) =>
        'Keys' in part
          ? part.Keys
          : part.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key),
      )
      .map((one) => String(one?.SK))
  const key = (input.Key ?? input.Item) as Stored | undefined
  return key === undefined ? [] : [String(key.SK)]
}

function fields(input: Record<string, unknown>, which: 'Names' | 'Values'): Stored {
  return (input[`ExpressionAttribute${which}`] ?? {}) as Stored
}

function withoutUndefined(item: Stored): Stored {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined))
}
