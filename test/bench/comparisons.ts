import type { SimulatorOptions } from '../../local/simulated-bitmart/options.ts'
import type { Recipe } from './accounts.ts'
import type { CcxtLoop } from './ccxt-loops.ts'

/** One account to import, and what of it ccxt is known to obtain: `completeness.test.ts` holds it to that. */
export type Comparison = {
  readonly title: string
  readonly product: 'spot' | 'futures'
  readonly recipe: Recipe
  /** Of calls with a key; the public ones are spared, since ccxt cannot start without them. */
  readonly faults?: SimulatorOptions['faults']
  /** ccxt is not told how far back to ask: for contracts, it hands on milliseconds where seconds are meant. */
  readonly withoutSince?: true
  readonly ccxtObtains: Readonly<Record<CcxtLoop, number>>
}

const futures: Recipe = { futuresFills: 900, futuresBurst: 260 }

export const comparisons: readonly Comparison[] = [
  {
    title: '2,000 spot fills',
    product: 'spot',
    recipe: { spotFills: 2_000, perMillisecond: 1 },
    ccxtObtains: { 'ccxt paginate': 200, 'ccxt since-loop': 200, 'ccxt until-loop': 2_000 },
  },
  {
    title: '1,450 spot fills, of which 450 in one millisecond',
    product: 'spot',
    recipe: { spotFills: 1_450, spotBurst: 450, perMillisecond: 1, afterBurst: 499 },
    ccxtObtains: { 'ccxt paginate': 200, 'ccxt since-loop': 200, 'ccxt until-loop': 1_101 },
  },
  {
    title: '2,001 spot fills, three in each millisecond',
    product: 'spot',
    recipe: { spotFills: 2_001, perMillisecond: 3 },
    ccxtObtains: { 'ccxt paginate': 200, 'ccxt since-loop': 200, 'ccxt until-loop': 1_992 },
  },
  {
    title: '1,000 spot fills, every third call refused with 429',
    product: 'spot',
    recipe: { spotFills: 1_000, perMillisecond: 1 },
    faults: { every: 3, kinds: ['http-429'] },
    ccxtObtains: { 'ccxt paginate': 200, 'ccxt since-loop': 200, 'ccxt until-loop': 400 },
  },
  {
    title: '900 futures fills, of which 260 in one second',
    product: 'futures',
    recipe: futures,
    ccxtObtains: { 'ccxt paginate': 0, 'ccxt since-loop': 0, 'ccxt until-loop': 0 },
  },
  {
    title: 'the same futures fills, ccxt without `since`',
    product: 'futures',
    recipe: futures,
    withoutSince: true,
    ccxtObtains: { 'ccxt paginate': 27, 'ccxt since-loop': 2, 'ccxt until-loop': 0 },
  },
]
