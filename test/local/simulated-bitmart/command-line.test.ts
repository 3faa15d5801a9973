import { expect, test } from 'vitest'
import { exchanges } from '../../../lambdas/exchanges/index.ts'
import { defaultPort, readCommandLine } from '../../../local/simulated-bitmart/command-line.ts'
import { demoKey, keysOf } from '../../../local/simulated-bitmart/options.ts'

test('without options everything is as documented, on the usual port', () => {
  expect(readCommandLine([])).toEqual({
    wishes: {
      options: { port: defaultPort, keys: keysOf(demoKey, undefined), faults: undefined },
      fills: undefined,
      seed: undefined,
      trading: 'ended',
      given: [],
    },
  })
})

test('options become behaviour, and are listed with what they do', () => {
  const read = readCommandLine(
    '--port 0 --fills 20000 --page=oldest --faults 7 --public down --transfer-cap 100 --no-limits'.split(' '),
  )
  expect(read).toMatchObject({
    wishes: {
      fills: 20_000,
      options: {
        port: 0,
        page: 'oldest',
        publicEndpoints: 'down',
        transferCap: 100,
        enforceLimits: false,
        faults: {
          every: 7,
          kinds: ['http-502-html', 'reset', 'http-200-html', 'http-429', 'truncated-json'],
        },
      },
    },
  })
  expect(read).toMatchObject({
    wishes: { given: expect.arrayContaining(['--faults 7: every Nth call fails']) },
  })
})

test('the key can be made weaker or stronger', () => {
  const read = readCommandLine(['--permissions', 'read,withdraw', '--subaccount', '--no-futures'])
  expect(read).toMatchObject({
    wishes: {
      options: {
        keys: Array(2).fill({ permissions: ['read', 'withdraw'], subaccount: true, futuresOpened: false }),
      },
    },
  })
})

test('fault kinds can be chosen', () => {
  const read = readCommandLine(['--faults', '2', '--fault-kinds', 'hang,slow-body'])
  expect(read).toMatchObject({ wishes: { options: { faults: { every: 2, kinds: ['hang', 'slow-body'] } } } })
})

test('help names every option, and every exchange that can be simulated', () => {
  const read = readCommandLine(['--help'])
  expect(read).toMatchObject({ help: expect.stringContaining('--fault-kinds') })
  for (const id of exchanges.keys())
    expect(read).toMatchObject({ help: expect.stringMatching(new RegExp(id, 'i')) })
})

test.each([
  [['--foo'], 'There is no option --foo: npm run simulate -- --help lists them.'],
  [['--page', 'middle'], '--page takes newest|oldest|shuffled.'],
  [['--page'], '--page takes newest|oldest|shuffled.'],
  [['--port', '99999'], '--port takes a whole number from 0 to 65535.'],
  [['--port', '-1'], '--port takes a whole number from 0 to 65535.'],
  [['--fills', 'abc'], '--fills takes a whole number from 0 to 1000000.'],
  [['--no-limits=yes'], '--no-limits takes no value.'],
  [['later'], 'Cannot read "later": npm run simulate -- --help lists the options.'],
])('%j is answered with one sentence', (args, wrong) => {
  expect(readCommandLine(args)).toEqual({ wrong })
})
