import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { describeExchangeConformance } from '../conformance/exchange.ts'
import { bitrueSamples } from './samples/bitrue.ts'

describeExchangeConformance(bitrue, bitrueSamples)
