import type { ExchangeClient } from '../../lambdas/domain/client.ts'
import { FailureError } from '../../lambdas/domain/failure.ts'
import {
  type ExchangeRequest,
  type Markets,
  type Question,
  questionOf,
  type WindowStream,
} from '../../lambdas/domain/stream.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import type { Window } from '../../lambdas/domain/window.ts'

/** What a question came to: rows, or why there are none, as `kind (code)` and never in the exchange's words. */
export type Answer = { readonly rows: readonly Transaction[] } | { readonly refused: string }

/** One partition of a stream, to be asked in ways in which no import would. */
export type Lab = {
  readonly definition: WindowStream
  readonly partition: string
  /** The exchange's time. Epoch milliseconds. */
  readonly now: number
  /** A window as an import asks for it, with its margins. `size`: how many rows are wished for, where a question can say so. */
  window(window: Window, more?: { filters?: Question['filters']; size?: number }): Promise<Answer>
  /** Whether a question can name an end to the millisecond, whatever is compared. */
  readonly saysMilliseconds: boolean
  /** The very ends that are named, in milliseconds. */
  between(start: number, end: number): Promise<Answer>
  /** How long a list of orders is, of a stream that is asked by orders. */
  listed(window: Window): Promise<readonly string[] | undefined>
  /** All that one part of such a list has. */
  part(value: string): Promise<Answer>
}

/** The names by which exchanges are told how many rows an answer may have. */
const sizeNames = ['limit', 'page_size', 'pageSize', 'N']

export function saysSize(lab: Lab): boolean {
  const { definition, partition, now } = lab
  const question = questionOf(definition, { from: now - definition.unit, to: now }, partition, {})
  return sizeNames.some((name) => name in definition.ask(question).params)
}

/** Tried twice: a report must not depend on one broken answer. */
const attempts = 2

export function openLab(
  { client, markets }: { readonly client: ExchangeClient; readonly markets: Markets },
  definition: WindowStream,
  partition: string,
): Lab {
  const { unit } = definition

  async function ask(request: ExchangeRequest): Promise<Answer> {
    try {
      const { data } = await client.ask(request, definition.rows, { attempts })
      return { rows: definition.normalise(data.readable, { partition, markets }) }
    } catch (error) {
      return { refused: reasonOf(error) }
    }
  }

  return {
    definition,
    partition,
    now: Math.floor(client.now() / unit) * unit,
    window: (window, { filters = {}, size } = {}) =>
      ask(sized(definition.ask(questionOf(definition, window, partition, filters)), size)),
    saysMilliseconds: Object.values(
      definition.ask({ start: 1 / unit, end: 1 + 1 / unit, partition, filters: {} }).params,
    ).every((value) => typeof value !== 'number' || Number.isInteger(value)),
    between: (start, end) =>
      ask(definition.ask({ start: start / unit, end: end / unit, partition, filters: {} })),
    listed: async (window) => {
      if (definition.byParts === undefined) return undefined
      const { ask: list, values } = definition.byParts
      try {
        const question = questionOf(definition, window, partition, {})
        return (await client.ask(list(question), values, { attempts })).data
      } catch (error) {
        if (error instanceof FailureError) return undefined
        throw error
      }
    },
    part: (value) =>
      ask(
        definition.ask({
          start: 0,
          end: 0,
          partition,
          filters: { [definition.byParts?.filter ?? '']: value },
        }),
      ),
  }
}

function sized(request: ExchangeRequest, size: number | undefined): ExchangeRequest {
  if (size === undefined) return request
  const params = Object.entries(request.params).map(([name, value]) =>
    sizeNames.includes(name) ? [name, size] : [name, value],
  )
  return { ...request, params: Object.fromEntries(params) }
}

function reasonOf(error: unknown): string {
  if (error instanceof FailureError) return error.message
  throw error
}
