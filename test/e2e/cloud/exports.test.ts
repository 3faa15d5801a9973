import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { generateAccount } from '../../../local/simulated-bitmart/account.ts'
import { motoInstalled } from './emulators.ts'
import { type Cloud, keyOf, startCloud, startWorld, type World } from './world.ts'

const skipped = motoInstalled ? '' : ' (moto_server is not installed)'

/** What the exporter keeps of its time for putting away what it began. Milliseconds. */
const reserve = 20_000

describe.skipIf(!motoInstalled)(`an export in the cloud${skipped}`, () => {
  let cloud: Cloud
  const worlds: World[] = []

  beforeAll(async () => {
    cloud = await startCloud()
  }, 180_000)
  afterAll(() => cloud?.close())
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close()
  })

  it('whose turns have seconds is the same file as one in one go, with the SHA-256 of its statement', async () => {
    let timeout: number | undefined
    const world = await startWorld(cloud, {
      simulator: { keys: [keyOf('ann', generateAccount({ seed: 5, now: Date.now(), spotFills: 6_000 }))] },
      exporterTimeout: () => timeout ?? 900_000,
    })
    worlds.push(world)
    await world.invoke('catalogue', {})
    await world.connect('ann', keyOf('ann'))
    world.queue.start()
    await world.queue.settled(120_000)
    world.exportQueue.start()

    async function exported(format: string) {
      const before = world.exportQueue.deliveries.length
      const { json } = await world.call('ann', 'POST', '/v1/exports', { format })
      await world.exportQueue.settled(120_000)
      const done = await world.call('ann', 'GET', `/v1/exports/${json.id}`)
      expect(done.json).toMatchObject({ state: 'done' })
      const file = Buffer.from(await (await fetch(done.json.download)).arrayBuffer())
      const digest = createHash('sha256').update(file).digest('hex')
      expect(done.json.statement.join('\n')).toContain(digest)
      return { file, turns: world.exportQueue.deliveries.length - before }
    }

    for (const format of ['canonical-csv', 'xlsx', 'hledger']) {
      timeout = undefined
      const whole = await exported(format)
      expect(whole.turns).toBe(1)
      // Time runs twenty times as fast: a tenth of a second is left to work in.
      timeout = reserve + 2_000
      const inTurns = await exported(format)
      expect(inTurns.turns).toBeGreaterThan(1)
      expect(inTurns.file.equals(whole.file)).toBe(true)
    }
  }, 300_000)
})
