import { anyData, type ExchangeAnswer, type ExchangeClient } from '../domain/client.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import { FailureError } from '../domain/failure.ts'
import type { ExchangeRequest } from '../domain/stream.ts'
import { probeAttempts } from './check-powers.ts'

/** Whose account a key opens, as far as the exchange says. */
export type NamedAccount = {
  /** The exchange's own id of the account; undefined where it names none, or could not be asked. */
  readonly account?: string
  /** The exchange says that the key is one of a sub-account. */
  readonly isSubaccount: boolean
}

/** Asks the exchange which account the key opens. Whatever goes wrong, nothing is concluded from it. */
export async function readAccount(
  client: ExchangeClient,
  { account: source }: Pick<ExchangeDefinition, 'account'>,
): Promise<NamedAccount> {
  if (source === undefined) return { isSubaccount: false }
  const [account, isSubaccount] = await Promise.all([
    answered(client.ask(source.request, source.id, { attempts: probeAttempts })),
    isNotServed(client, source.mainOnly),
  ])
  return { isSubaccount, ...(account !== undefined && account !== '' && { account }) }
}

async function answered(asked: Promise<ExchangeAnswer<string>>): Promise<string | undefined> {
  try {
    return (await asked).data
  } catch (error) {
    if (error instanceof FailureError) return undefined
    throw error
  }
}

async function isNotServed(client: ExchangeClient, request: ExchangeRequest | undefined): Promise<boolean> {
  if (request === undefined) return false
  try {
    await client.ask(request, anyData, { attempts: probeAttempts })
    return false
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    return error.failure.kind === 'not-served'
  }
}
