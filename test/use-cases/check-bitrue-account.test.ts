import { describe, expect, it } from 'vitest'
import { definitionOf, definitionsOf, firstPageOf, noMarkets } from '../../lambdas/domain/stream.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { checkCredentials } from '../../lambdas/use-cases/check-credentials.ts'
import { generateAccount } from '../../local/simulated-bitrue/account.ts'
import { bitrueInMemory, smallSizes, start } from './bitrue-in-memory.ts'

const account = generateAccount(smallSizes)

/** A key of this account of Bitrue, and the youngest fills that it is served of one symbol. */
async function served(of = account) {
  const symbol = account.spotFills.at(-1)?.symbol
  const definition =
    symbol === undefined ? undefined : definitionOf(definitionsOf(bitrue, 'spot-trade'), symbol)
  if (symbol === undefined || definition?.reads !== 'list') throw new Error('nothing was traded')
  const { client } = bitrueInMemory(of, {}, () => start)
  const { data } = await client.ask(definition.ask(firstPageOf(definition, symbol)), definition.rows)
  const rows = definition.normalise(data.readable, { partition: symbol, markets: noMarkets })
  return { client, rows, check: { client, clock: () => start } }
}

describe('whose account a key of Bitrue opens, which names none', () => {
  it('is told by a stored row that the list of its symbol shows', async () => {
    const { rows, check } = await served()
    const row = rows[0] ?? expect.fail('no row')
    const { asked, powers } = await checkCredentials(check, bitrue, async () => [row])
    expect(powers).toEqual([])
    expect(asked).toHaveLength(1)
    expect(asked[0]?.served?.map(({ identity }) => identity)).toContain(row.identity)
  })

  it('is another where the list goes back as far and does not show it', async () => {
    const [mine, other] = [await served(), await served(generateAccount({ ...smallSizes, seed: 8 }))]
    const row = mine.rows[0] ?? expect.fail('no row')
    const { asked } = await checkCredentials(other.check, bitrue, async () => [row])
    expect(asked[0]?.served?.map(({ identity }) => identity)).not.toContain(row.identity)
    expect(asked[0]?.isWhole).toBe(true)
  })
})
