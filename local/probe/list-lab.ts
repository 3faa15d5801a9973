import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import {
  firstPageOf,
  isListed,
  type ListedOrder,
  type ListQuestion,
  type ListStream,
  type Markets,
} from '../../lambdas/domain/stream.ts'
import type { Answer } from './lab.ts'

/** One partition of a stream that is asked for as a whole, to be asked in ways in which no import would. */
export type ListLab = {
  readonly definition: ListStream
  /** A symbol, contract or coin of the account: it stands in no report. */
  readonly partition: string
  /** The exchange's time. Epoch milliseconds. */
  readonly now: number
  /** The first page, unless more is said. */
  ask(more?: Partial<ListQuestion>): Promise<Answer>
  /** The orders that are to witness what is missing. */
  orders(): Promise<readonly ListedOrder[] | undefined>
}

/** Tried twice: a report must not depend on one broken answer. */
const attempts = 2

/** So many names are looked at for one with rows: what is held first, then as the catalogue lists them. */
const mostNames = 40

type Ports = { readonly client: ExchangeClient; readonly markets: Markets }

export function openListLab({ client, markets }: Ports, definition: ListStream, partition: string): ListLab {
  return {
    definition,
    partition,
    now: Math.floor(client.now() / definition.unit) * definition.unit,
    ask: async (more = {}) => {
      const request = definition.ask({ ...firstPageOf(definition, partition), ...more })
      try {
        const { data } = await client.ask(request, definition.rows, { attempts })
        return { rows: definition.normalise(data.readable, { partition, markets }) }
      } catch (error) {
        if (error instanceof FailureError) return { refused: error.message }
        throw error
      }
    },
    orders: async () => {
      const { witness } = definition
      if (witness === undefined) return undefined
      const request = witness.ask({ partition, limit: witness.limit })
      try {
        return (await client.ask(request, witness.orders, { attempts })).data
      } catch (error) {
        if (error instanceof FailureError) return undefined
        throw error
      }
    },
  }
}

/** The names that are worth a look: those of coins that are held, and those that are listed. */
export async function likelyNames(
  { client, markets }: Ports,
  { holdings }: ExchangeDefinition,
  { partitions }: ListStream,
): Promise<readonly string[]> {
  if (!isListed(partitions)) return partitions
  const held = holdings === undefined ? [] : await heldCoins(client, holdings)
  const suggested = held.flatMap((coin) => partitions.suggestedBy({ coin }, markets))
  return [...new Set([...suggested, ...partitions.listed(markets)])].slice(0, mostNames)
}

async function heldCoins(
  client: ExchangeClient,
  { request, coins }: NonNullable<ExchangeDefinition['holdings']>,
): Promise<readonly string[]> {
  try {
    return Object.keys((await client.ask(request, coins, { attempts })).data)
  } catch (error) {
    if (error instanceof FailureError) return []
    throw error
  }
}
