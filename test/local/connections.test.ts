import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openStores } from '../../lambdas/adapters/stores.ts'
import { vault } from '../../lambdas/adapters/vault.ts'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { Secret } from '../../lambdas/domain/secret.ts'
import { runConnections } from '../../local/connections/run-connections.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { fileStorage } from '../../local/file-storage.ts'
import { fill } from '../adapters/fill.ts'
import { capture, surroundings, temporaryDirectory } from './import-process.ts'
import { savings } from './savings.ts'

const desk: Connection = {
  ...savings,
  id: 'bbbb000000000000',
  label: undefined,
  subaccount: 'desk',
  keyHint: 'k7k7',
}

const owner = { user: 'local', connection: 'd' }

/** A store with two accounts, a transaction of each, and the key of the second. */
async function home() {
  const dataDir = temporaryDirectory()
  const secrets = vault(fileStorage(`${dataDir}/vault.json`))
  await secrets.put('ref', { apiKey: new Secret('key-of-desk'), secret: new Secret('s') }, owner)
  const store = await openEmbeddedStore({ dataDir })
  const { connections, transactions } = openStores(store.table)
  await connections.swap(undefined, savings)
  await connections.swap(undefined, { ...desk, status: 'connected', vaultRef: 'ref', nextSyncAt: 5 })
  for (const { user, id } of [savings, desk]) await transactions.write({ user, connection: id }, [fill(1)])
  await store.close()

  async function look() {
    const opened = await openEmbeddedStore({ dataDir })
    const stores = openStores(opened.table)
    const known = await stores.connections.list('local')
    const rows: Record<string, number> = {}
    for (const { id } of [savings, desk]) {
      rows[id.slice(0, 4)] = 0
      for await (const _row of stores.transactions.each({ user: 'local', connection: id }, {}))
        rows[id.slice(0, 4)] = (rows[id.slice(0, 4)] ?? 0) + 1
    }
    await opened.close()
    return { known, rows, key: await secrets.get('ref', owner) }
  }

  async function run(words: readonly string[], keys?: string) {
    const [stdout, stderr] = [capture({ isTTY: keys !== undefined }), capture()]
    const around = { ...surroundings({ DATA_DIR: dataDir }), stdout: stdout.stream, stderr: stderr.stream }
    const stdin = Object.assign(new PassThrough(), {
      isTTY: keys !== undefined,
    }) as unknown as NodeJS.ReadStream
    if (keys !== undefined) stdin.push(keys)
    const exitCode = await runConnections(words, { ...around, stdin })
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
  }
  return { run, look }
}

describe('npm run connections', () => {
  it('renames an account by any of its names, and finds it by the new one', async () => {
    const { run, look } = await home()
    expect(await run(['rename', 'savings', 'Long term'])).toMatchObject({
      exitCode: 0,
      stdout: 'Done: from now on it is the connection “Long term” (key …x9f2).\n',
    })
    expect(JSON.parse((await run(['rename', 'K7K7', 'Trading', '--json'])).stdout)).toEqual({
      connection: desk.id,
      sentence: 'Done: from now on it is the connection “Trading” (key …k7k7).',
    })
    expect((await run(['rename', 'bbbb', 'Trading 2'])).exitCode).toBe(0)
    expect((await run(['rename', 'desk', 'long TERM'])).stderr).toBe(
      'Another account has the label “long TERM” already: choose another one.\n',
    )
    const { known } = await look()
    expect(known).toEqual([
      { ...savings, label: 'Long term' },
      { ...desk, label: 'Trading 2', status: 'connected', vaultRef: 'ref', nextSyncAt: 5 },
    ])
  })

  it.each([
    [['rename', 'nobody', 'x'], 'No account is called “nobody”; known: Savings, desk.\n'],
    [
      ['rename', 'desk', 'a\nb'],
      'A name contains a control character, such as a line break or a tab: “a?b”.\n',
    ],
    [
      ['rename', 'desk'],
      'Say rename NAME LABEL, remove NAME, files, take-back FILE [NAME], or forget FILE [NAME]: what has blanks in it in quotes. --help explains.\n',
    ],
    [
      ['erase', 'desk'],
      'Say rename NAME LABEL, remove NAME, files, take-back FILE [NAME], or forget FILE [NAME]: what has blanks in it in quotes. --help explains.\n',
    ],
    [
      ['remove', 'desk', '--history', 'all'],
      '--history can only be “delete”; without it the history stays.\n',
    ],
    [
      ['remove', 'desk', '--history', 'delete'],
      'Nothing was deleted: add --yes where nobody can be asked.\n',
    ],
  ])('refuses %j in a sentence and changes nothing', async (words, sentence) => {
    const { run, look } = await home()
    const before = await look()
    expect(await run(words)).toEqual({ exitCode: 2, stdout: '', stderr: sentence })
    expect(await look()).toEqual(before)
  })

  it('destroys the key that is kept of an account, and keeps the history', async () => {
    const { run, look } = await home()
    expect((await run(['remove', 'desk'])).stdout).toMatch(
      /^Done: the key of .*“desk”.* its history stays\.\n$/,
    )
    expect(await look()).toMatchObject({ rows: { aaaa: 1, bbbb: 1 }, key: undefined })
    expect(await run(['remove', 'desk'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^No key is kept of .* nothing was done\./),
    })
  })

  it('deletes everything of an account with --yes, and nothing of another', async () => {
    const { run, look } = await home()
    expect(await run(['remove', 'desk', '--history', 'delete', '--yes'])).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    expect(await look()).toEqual({ known: [savings], rows: { aaaa: 1, bbbb: 0 }, key: undefined })
  })

  it('asks in a terminal before it deletes, and takes nothing but yes for yes', async () => {
    const { run, look } = await home()
    const asked = await run(['remove', 'Savings', '--history', 'delete'], 'y\n')
    expect(asked).toMatchObject({ exitCode: 2, stderr: 'Nothing was deleted.\n' })
    expect(asked.stdout).toContain('1 transaction of the connection “Savings” (key …x9f2) will be deleted')
    for (const keys of ['\u0003', '\u0004'])
      expect(await run(['remove', 'Savings', '--history', 'delete'], keys)).toMatchObject({ exitCode: 130 })
    expect((await look()).rows).toEqual({ aaaa: 1, bbbb: 1 })
    expect(await run(['remove', 'Savings', '--history', 'delete'], 'Yes\n')).toMatchObject({ exitCode: 0 })
    expect((await look()).rows).toEqual({ aaaa: 0, bbbb: 1 })
  })

  it('says that nothing was imported yet, and creates nothing', async () => {
    const stderr = capture()
    const around = { ...surroundings({ DATA_DIR: '/nowhere/at/all' }), stderr: stderr.stream }
    expect(await runConnections(['remove', 'x'], around)).toBe(2)
    expect(stderr.text()).toMatch(/^Nothing was imported into \/nowhere\/at\/all yet: /)
  })
})
