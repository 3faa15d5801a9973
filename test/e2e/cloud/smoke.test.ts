import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { runSmoke } from '../../../bin/smoke/run-smoke.ts'
import { openDoor } from './door.ts'
import { motoInstalled } from './emulators.ts'
import { tokenOf } from './gateway.ts'
import { type Cloud, keyOf, startCloud, startWorld } from './world.ts'

const skipped = motoInstalled ? '' : ' (moto_server is not installed)'

describe.skipIf(!motoInstalled)(`a stage with envelopes that was just deployed${skipped}`, () => {
  let cloud: Cloud

  beforeAll(async () => {
    cloud = await startCloud()
  }, 180_000)
  afterAll(() => cloud?.close())

  it('passes the smoke test: its bundles seal the key, open it, and leave nothing of it', async () => {
    const key = keyOf('smoke')
    const world = await startWorld(cloud, { simulator: { keys: [key] }, envelopes: true, speed: 3 })
    onTestFinished(() => world.close())
    const door = await openDoor(world, ['smoke'])
    onTestFinished(door.close)
    world.queue.start()
    world.exportQueue.start()
    let said = ''
    let complained = ''
    let sealed = 0
    const code = await runSmoke(['--api', door.address], {
      env: {
        SMOKE_TOKEN: tokenOf('smoke'),
        SMOKE_API_KEY: key.apiKey,
        SMOKE_API_SECRET: key.secret,
        SMOKE_API_PASSPHRASE: key.memo,
      },
      clock: Date.now,
      sleep: async (ms, signal) => {
        if (sealed === 0) sealed = (await world.envelopes()).length
        await delay(Math.min(ms, 500), undefined, { signal })
      },
      say: (sentence) => {
        said += `${sentence}\n`
      },
      complain: (text) => {
        complained += text
      },
      signal: new AbortController().signal,
    })
    expect(complained).toBe('')
    expect(said).toMatch(/^The API answers[\s\S]*Nobody is let in without[\s\S]*Nothing is left of it\.\n$/)
    expect(code).toBe(0)
    expect(sealed).toBe(1)
    expect((await world.secrets()).size).toBe(0)
    expect(await world.envelopes()).toEqual([])
    const used = world.calls.filter(({ service }) => service === 'KMS')
    const byWhom = new Set(used.map(({ caller, operation }) => `${caller} ${operation}`))
    expect([...byWhom].sort()).toEqual(['keys Encrypt', 'worker Decrypt'])
  })
})
