import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectionStore } from '../../lambdas/adapters/connections.ts'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import { bundle } from '../../lib/bundle.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { seededRandom } from '../../local/simulated-exchange/random.ts'
import { payloadsOf } from '../model/truth.ts'

/** The database brings a binary along, which it looks for beside itself. */
const leaveTheDatabaseWhereItIs: Plugin = {
  name: 'leave-the-database-where-it-is',
  setup({ onResolve }) {
    onResolve({ filter: /^dynalite\// }, ({ path }) => ({ path: import.meta.resolve(path), external: true }))
  },
}

// Read as it is, the program takes four times as long to start, and it is started twenty-eight times.
let program: string
beforeAll(async () => {
  program = await mkdtemp(join(tmpdir(), 'importer-'))
  await bundle('test/e2e/importer-process.ts', program, [leaveTheDatabaseWhereItIs])
})
afterAll(() => rm(program, { recursive: true, force: true }))

const cleanUp: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step()
})

/** Runs one import; kills it with SIGKILL once the exchange has answered `questions` of it. */
function importOnce(simulator: SimulatedBitmart, dataDir: string, questions = Number.POSITIVE_INFINITY) {
  const asked = simulator.requests.length
  const child = spawn(process.execPath, [join(program, 'index.mjs')], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, SIMULATOR: simulator.spotUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  simulator.options.onRequest = () => {
    if (simulator.requests.length - asked >= questions) child.kill('SIGKILL')
  }
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  return new Promise<{ killed: boolean; printed: string }>((resolve) => {
    child.on('close', (_code, signal) => resolve({ killed: signal === 'SIGKILL', printed }))
  })
}

async function storedPayloads(dataDir: string): Promise<readonly string[]> {
  const store = await openEmbeddedStore({ dataDir })
  try {
    const payloads: string[] = []
    for (const { id } of await connectionStore(store.table).list('local')) {
      const rows = transactionStore(store.table).each({ user: 'local', connection: id }, {})
      for await (const row of rows) payloads.push(row.raw)
    }
    return payloads.sort()
  } finally {
    await store.close()
  }
}

// Four imports, each killed five times: twenty random moments, the same in every run of the test.
describe('an import that is killed', () => {
  it.each([1, 2, 3, 4])(
    'five times at random moments has the same result after one more run (%i)',
    // Seven processes start one after the other, which takes long where others keep the machine busy.
    { timeout: 480_000 },
    async (seed) => {
      const random = seededRandom(seed)
      const dataDir = await mkdtemp(join(tmpdir(), 'killed-import-'))
      const account = generateAccount({
        seed,
        now: Date.now(),
        spotFills: 420,
        spotBurst: 230,
        futuresFills: 60,
        ledgerRows: 80,
        withdrawals: 20,
        deposits: 10,
      })
      const simulator = await startSimulatedBitmart({
        account,
        enforceLimits: false,
        page: 'shuffled',
        latency: 5,
      })
      cleanUp.push(
        () => simulator.close(),
        () => rm(dataDir, { recursive: true, force: true }),
      )
      let kills = 0
      for (let attempt = 0; attempt < 5; attempt += 1) {
        // What earlier attempts covered is not asked again: on a slow machine a late moment may never come.
        const { killed } = await importOnce(simulator, dataDir, 1 + Math.floor(random() * 100))
        kills += killed ? 1 : 0
      }
      expect(kills).toBeGreaterThan(0)
      const { printed } = await importOnce(simulator, dataDir)
      expect(JSON.parse(printed)).toMatchObject({ state: 'unverified' })
      expect(await storedPayloads(dataDir)).toEqual(payloadsOf(account))
      const again = await importOnce(simulator, dataDir)
      expect(JSON.parse(again.printed)).toEqual({ state: 'unverified', new: 0, changed: 0 })
    },
  )
})
