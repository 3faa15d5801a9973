import { describe, expect, it } from 'vitest'
import { placeOfRef, secretRefs } from '../../lambdas/adapters/side-by-side.ts'
import { hour } from '../../lambdas/domain/window.ts'
import { disconnect } from '../../lambdas/use-cases/disconnect.ts'
import { moveCredentials } from '../../lambdas/use-cases/move-credentials.ts'
import { sweep } from '../../lambdas/use-cases/sweep.ts'
import { canaries, connecting, homeInMemory } from './home-in-memory.ts'

const forever = new AbortController().signal

/** A home with one connection, whose key is in Secrets Manager. */
async function movable() {
  const world = homeInMemory()
  await connecting(world.ports)
  const { ports, connections, secrets } = world
  let refs = 0
  let stoppedUntil = 0
  const moving = (to: 'envelopes' | 'secrets-manager' = 'envelopes') => ({
    ...ports,
    connections: {
      ...ports.connections,
      due: async function* () {
        yield* [...connections.values()]
      },
    },
    coolDowns: { until: async () => stoppedUntil },
    vault: { ...ports.vault, get: async (ref: string) => secrets.get(ref) },
    newSecretRef: () => secretRefs[to](`moved-${++refs}`),
    isThere: (ref: string) => placeOfRef(ref) === to,
  })
  const only = () => {
    const [connection] = [...connections.values()]
    if (connection === undefined) throw new Error('There is no connection.')
    return connection
  }
  return {
    ...world,
    moving,
    only,
    stopUntil: (until: number) => {
      stoppedUntil = until
    },
  }
}

describe('Keys that are moved to another vault', () => {
  it('are there afterwards and nowhere else, the same letter by letter, and back again', async () => {
    const { moving, only, secrets, intents } = await movable()
    for (const to of ['envelopes', 'secrets-manager'] as const) {
      expect(await moveCredentials(moving(to), forever)).toEqual({ moved: 1, left: 0 })
      expect([...secrets.keys()]).toEqual([only().vaultRef])
      expect(placeOfRef(only().vaultRef ?? '')).toBe(to)
      expect(secrets.get(only().vaultRef ?? '')?.secret.reveal()).toBe(canaries.secret)
      expect(intents.size).toBe(0)
      expect(await moveCredentials(moving(to), forever)).toEqual({ moved: 0, left: 0 })
    }
  })

  it.each(['intents.begin', 'vault.put', 'connections.swap', 'vault.remove', 'intents.end'])(
    'are there once, whole, and moved by the next turn, after a crash at %s, however often',
    async (step) => {
      const { moving, only, secrets, intents, home, ports } = await movable()
      const crash = new Error('the process is gone')
      for (const after of [0, 1]) {
        let seen = 0
        for (const name of ['intents.begin', 'intents.end', 'vault.put', 'vault.remove', 'connections.swap'])
          home.before.set(name, async () => {
            if (name === step) seen += 1
            // From the crash on nothing is done any more, not even undoing.
            if (seen > after) throw crash
          })
        await moveCredentials(moving(), forever)
        home.before.clear()
        expect(secrets.has(only().vaultRef ?? '')).toBe(true)
      }
      home.now += 2 * hour
      await sweep(ports)
      await moveCredentials(moving(), forever)
      expect([...secrets.keys()]).toEqual([only().vaultRef])
      expect(placeOfRef(only().vaultRef ?? '')).toBe('envelopes')
      expect(intents.size).toBe(0)
    },
  )

  it('are not brought back where their user destroyed them meanwhile', async () => {
    const { moving, only, secrets, intents, home, ports } = await movable()
    const { user, id } = only()
    home.before.set('connections.swap', async () => {
      home.before.clear()
      await disconnect(ports, { user, id, history: 'keep' })
    })
    expect(await moveCredentials(moving(), forever)).toEqual({ moved: 0, left: 1 })
    expect(only().status).toBe('disconnected')
    expect([...secrets.keys()]).toEqual([])
    home.now += 2 * hour
    await sweep(ports)
    expect(intents.size).toBe(0)
  })

  it('stay where they are while the kill switch is on, and when the time is over', async () => {
    const { moving, only, home, stopUntil } = await movable()
    const before = only().vaultRef
    stopUntil(home.now + 1)
    expect(await moveCredentials(moving(), forever)).toEqual({ moved: 0, left: 1 })
    stopUntil(0)
    expect(await moveCredentials(moving(), AbortSignal.abort())).toEqual({ moved: 0, left: 1 })
    expect(only().vaultRef).toBe(before)
  })

  it('say so when none can be moved at all, and not once for each', async () => {
    const { moving, only } = await movable()
    const many = moving()
    const broken = {
      ...many,
      connections: {
        ...many.connections,
        due: async function* () {
          for (;;) yield only()
        },
      },
      vault: { ...many.vault, get: async () => Promise.reject(new Error('AccessDenied')) },
    }
    await expect(moveCredentials(broken, forever)).rejects.toThrow('AccessDenied')
  })
})
