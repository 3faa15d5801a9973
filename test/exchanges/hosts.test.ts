import { describe, expect, it } from 'vitest'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { hostsOf } from '../../lambdas/exchanges/hosts.ts'

describe('the addresses of an exchange', () => {
  it('are its own where the environment names none', () => {
    expect(hostsOf({}, bitmart)).toEqual({})
    expect(hostsOf({ BITMART_SPOT_URL: '', BITMART_FUTURES_URL: undefined }, bitmart)).toEqual({})
  })

  it('are replaced one by one, each by the variable that the definition names', () => {
    expect(hostsOf({ BITMART_SPOT_URL: 'http://127.0.0.1:4010' }, bitmart)).toEqual({
      spot: 'http://127.0.0.1:4010',
    })
    expect(
      hostsOf(
        { BITMART_SPOT_URL: 'https://proxy.example/spot', BITMART_FUTURES_URL: 'https://proxy.example/v2' },
        bitmart,
      ),
    ).toEqual({ spot: 'https://proxy.example/spot', swap: 'https://proxy.example/v2' })
  })

  it('may end in slashes and have spaces around them: paths are put right behind them', () => {
    expect(hostsOf({ BITMART_SPOT_URL: 'http://localhost:4010/api//' }, bitmart)).toEqual({
      spot: 'http://localhost:4010/api',
    })
    expect(hostsOf({ BITMART_SPOT_URL: ' http://localhost:4010 \n' }, bitmart)).toEqual({
      spot: 'http://localhost:4010',
    })
  })

  it.each([
    ['no address', 'localhost'],
    ['of another protocol', 'ftp://localhost/'],
    ['a search', 'http://localhost/?key=1'],
    ['a search without words', 'http://localhost/?'],
    ['a fragment', 'http://localhost/#top'],
  ])('are refused with the name of the variable when one is %s', (_what, address) => {
    expect(() => hostsOf({ BITMART_FUTURES_URL: address }, bitmart)).toThrow(
      'BITMART_FUTURES_URL must be an address such as https://api-cloud-v2.bitmart.com.',
    )
  })
})
