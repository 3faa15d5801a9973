import { expect, test } from 'vitest'
import { readCommandLine } from '../../../local/simulated-bingx/command-line.ts'
import { usualReadings } from '../../../local/simulated-bingx/options.ts'

test('without options everything is as documented or measured, on a port of its own', () => {
  expect(readCommandLine([])).toMatchObject({
    wishes: { given: [], options: { port: 8789, readings: usualReadings, faults: undefined } },
  })
})

test('each reading is an option', () => {
  const words =
    '--spot-page 1000 --symbol required --lower-end exclusive --compares seconds --spot-days 90 --credited 1 --permissions-as switches --empty null --order-fills orders --traders-only'
  expect(readCommandLine(words.split(' '))).toMatchObject({
    wishes: {
      options: {
        readings: {
          spotPage: 1000,
          symbol: 'required',
          creditedDeposit: 1,
          permissionsAs: 'switches',
          empty: 'null',
          orderFillsOf: 'orders',
          traders: 'ledger-and-orders',
          endpoints: {
            spotFills: { lowerEnd: 'exclusive', grain: 1000, lookBack: 90 * 86_400_000, beyond: 'newest' },
            withdrawals: { lowerEnd: 'exclusive', grain: 1000 },
          },
        },
      },
    },
  })
})

test('help names the exchange and every option, and what is wrong is one sentence', () => {
  expect(readCommandLine(['--help'])).toMatchObject({
    help: expect.stringMatching(/--exchange bingx[\s\S]*--permissions-as/),
  })
  expect(readCommandLine(['--symbol', 'never'])).toEqual({ wrong: '--symbol takes optional|required.' })
})
