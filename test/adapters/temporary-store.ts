import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openTable, type Table } from '../../lambdas/adapters/table.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'

/** A directory that is gone after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'history-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** An empty store that is gone after the test. */
export async function temporaryStore() {
  const store = await openEmbeddedStore({ dataDir: await temporaryDirectory() })
  onTestFinished(() => store.close())
  return store
}

export type Call = { readonly operation: string; readonly input: Record<string, unknown> }

/** A table behind the real SDK whose every answer the test decides; `waits` are the milliseconds it was patient. */
export function scriptedTable(answer: (call: Call, index: number) => object | Promise<object>) {
  const calls: Call[] = []
  const waits: number[] = []
  const table: Table = openTable(
    {
      region: 'local',
      endpoint: 'http://scripted.invalid',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: {
        async handle(request: { headers: Record<string, string>; body?: Uint8Array }) {
          const operation = request.headers['x-amz-target']?.split('.')[1] ?? ''
          const call: Call = { operation, input: JSON.parse(new TextDecoder().decode(request.body)) }
          calls.push(call)
          const body = Buffer.from(JSON.stringify(await answer(call, calls.length - 1)))
          return {
            response: { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body },
          }
        },
        updateHttpClientConfig: () => undefined,
        httpHandlerConfigs: () => ({}),
      },
    },
    'history',
    { random: () => 0.5, sleep: async (milliseconds) => void waits.push(milliseconds) },
  )
  return { table, calls, waits }
}
