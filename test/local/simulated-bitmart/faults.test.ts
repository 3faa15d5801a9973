import { afterEach, describe, expect, test } from 'vitest'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import { type FaultKind, faultKinds } from '../../../local/simulated-bitmart/faults.ts'
import { demoKey, type SimulatorOptions } from '../../../local/simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../../local/simulated-bitmart/server.ts'
import { now } from './caller.ts'

const account = generateAccount({ seed: 1, now, futuresFills: 80 })

let bitmart: SimulatedBitmart
const start = async (options: Partial<SimulatorOptions>) => {
  bitmart = await startSimulatedBitmart({ clock: () => now, account, enforceLimits: false, ...options })
}
afterEach(() => bitmart.close())

const ask = (init: RequestInit = {}) =>
  fetch(`${bitmart.futuresUrl}/contract/private/trades`, { headers: { 'X-BM-KEY': demoKey.apiKey }, ...init })

const expectations: Record<FaultKind, () => Promise<void>> = {
  'http-502-html': () => answersHtml(502),
  'http-200-html': () => answersHtml(200),
  'http-429': () => answers(429, { code: 30013, message: expect.any(String) }),
  'http-418': () => answers(418, { code: 30017, message: expect.any(String) }),
  'http-503-json': () => answers(503, { code: 30014, message: expect.any(String) }),
  'maintenance-200': () => answers(200, { code: 30016, message: expect.any(String) }),
  'null-data': () => answers(200, { code: 1000, data: null }),
  'no-code': async () =>
    expect(await answer(200)).toEqual({ message: 'Ok', trace: expect.any(String), data: [] }),
  'no-message': async () =>
    expect(await answer(503)).toEqual({ code: 30014, trace: expect.any(String), data: {} }),
  'truncated-json': async () => {
    const response = await ask()
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text.startsWith('{"code":1000,')).toBe(true)
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
  },
  reset: async () => {
    const refused = await ask().catch((error: Error) => error.cause)
    expect(refused).toMatchObject({ code: 'ECONNRESET' })
  },
  hang: async () => {
    await expect(ask({ signal: AbortSignal.timeout(150) })).rejects.toMatchObject({ name: 'TimeoutError' })
  },
  'slow-body': async () => {
    const before = performance.now()
    const response = await ask()
    const { data } = (await response.json()) as { data: unknown[] }
    expect(data.length).toBeGreaterThan(0)
    expect(performance.now() - before).toBeGreaterThan(150)
  },
}

describe('a faulty call', () => {
  test('does not meet one question for ever, however its askers keep in step with it', async () => {
    await start({ faults: { every: 2, kinds: ['http-502-html'] } })
    const other = () => fetch(`${bitmart.spotUrl}/system/time`)
    const statuses: number[] = []
    for (let turn = 0; turn < 6; turn += 1) {
      await other()
      statuses.push((await ask()).status)
    }
    expect(statuses).toEqual([502, 502, 502, 502, 200, 502])
  })

  test.each(faultKinds)('does what its name says: %s', async (kind) => {
    await start({ faults: { every: 1, kinds: [kind] }, slowBody: 250 })
    await expectations[kind]()
    expect(bitmart.requests).toHaveLength(1)
    expect(bitmart.requests[0]?.fault).toBe(kind)
  })
})

test('every Nth call fails, in the kinds by turns', async () => {
  await start({ faults: { every: 3, kinds: ['http-503-json', 'http-429'] } })
  for (let call = 0; call < 9; call++) await (await ask()).text()
  expect(bitmart.requests.map(({ fault }) => fault ?? 'none')).toEqual([
    'none',
    'none',
    'http-503-json',
    'none',
    'none',
    'http-429',
    'none',
    'none',
    'http-503-json',
  ])
})

test('faults can begin and end while it runs', async () => {
  await start({})
  expect((await ask()).status).toBe(200)
  bitmart.options.faults = { every: 1, kinds: ['http-502-html'] }
  expect((await ask()).status).toBe(502)
  bitmart.options.faults = undefined
  expect((await ask()).status).toBe(200)
})

test('answers can be late', async () => {
  await start({ latency: 120 })
  const before = performance.now()
  await ask()
  expect(performance.now() - before).toBeGreaterThan(100)
})

test('closing ends calls that hang', async () => {
  await start({ faults: { every: 1, kinds: ['hang'] } })
  const hanging = ask().catch((error: Error) => error.message)
  while (bitmart.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await bitmart.close()
  expect(await hanging).toBe('fetch failed')
})

test('a port that is taken is an error', async () => {
  await start({})
  await expect(startSimulatedBitmart({ port: bitmart.port, account })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})

async function answersHtml(status: number): Promise<void> {
  const response = await ask()
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  expect(await response.text()).toMatch(/^<!DOCTYPE html>/)
}

async function answers(status: number, body: object): Promise<void> {
  expect(await answer(status)).toMatchObject(body)
}

async function answer(status: number): Promise<unknown> {
  const response = await ask()
  expect(response.status).toBe(status)
  return response.json()
}
