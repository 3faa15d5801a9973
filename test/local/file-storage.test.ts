import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { fileStorage, scryptCost } from '../../local/file-storage.ts'
import { temporaryDirectory } from '../adapters/temporary-store.ts'

const canary = 'canary-77e2'
const passphrase = 'korrekt häst'

/** With a passphrase that costs next to nothing to try: forty of them would take a minute. */
const vaultIn = (path: string, phrase?: string) => fileStorage(path, phrase, { ...scryptCost, cost: 2 ** 8 })

async function vaultPath(): Promise<string> {
  return join(await temporaryDirectory(), 'data', 'vault.json')
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

/** The message of the error, which must be one sentence and show nothing. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(canary)
  const message = error instanceof Error ? error.message : ''
  expect(message).toMatch(/^[^\n]+[^.\n]\)?\.$/)
  return message
}

describe.each([
  ['plain', undefined],
  ['encrypted', passphrase],
])('secrets in a file, %s', (_how, phrase) => {
  it('are there for the next process, and for nobody else on the computer', async () => {
    const path = await vaultPath()
    const storage = vaultIn(path, phrase)
    expect(await storage.get('one')).toBeUndefined()
    await storage.put('one', `${canary} \u{1f511}`)
    await storage.put('two', '')
    const next = vaultIn(path, phrase)
    expect([await next.get('one'), await next.get('two'), await next.get('three')]).toEqual([
      `${canary} \u{1f511}`,
      '',
      undefined,
    ])
    expect(await modeOf(path)).toBe('600')
    expect(await modeOf(dirname(path))).toBe('700')
    expect(await readdir(dirname(path))).toEqual(['vault.json'])
    expect((await readFile(path, 'utf8')).includes(canary)).toBe(phrase === undefined)
  })

  it('are removed from the file, and removing what is not there writes nothing', async () => {
    const path = await vaultPath()
    const storage = vaultIn(path, phrase)
    await storage.remove('one')
    await expect(stat(path)).rejects.toThrow('ENOENT')
    await storage.put('one', canary)
    await storage.remove('one')
    expect(await vaultIn(path, phrase).get('one')).toBeUndefined()
    expect(await readFile(path, 'utf8')).not.toContain(canary)
  })

  it('put at the same moment are all kept', async () => {
    const path = await vaultPath()
    const storage = vaultIn(path, phrase)
    const names = Array.from({ length: 40 }, (_, index) => `name-${index}`)
    await Promise.all(names.map((name) => storage.put(name, name)))
    const next = vaultIn(path, phrase)
    expect(await Promise.all(names.map((name) => next.get(name)))).toEqual(names)
  })

  it('survive a process killed while it wrote', async () => {
    const path = await vaultPath()
    await vaultIn(path, phrase).put('one', canary)
    await writeFile(`${path}.new`, 'half of a fi', { mode: 0o644 })
    const storage = vaultIn(path, phrase)
    expect(await storage.get('one')).toBe(canary)
    await storage.put('two', 'x')
    expect(await modeOf(path)).toBe('600')
    expect(await readdir(dirname(path))).toEqual(['vault.json'])
  })

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"version":2,"secrets":{}}',
    `{"version":1,"secrets":{"one":7},"x":"${canary}"}`,
  ])('are refused in one sentence when the file is damaged, and it stays as it is: %s', async (content) => {
    const path = await vaultPath()
    await mkdir(dirname(path))
    await writeFile(path, content)
    const storage = vaultIn(path, phrase)
    for (const call of [storage.get('one'), storage.put('one', canary), storage.remove('one')])
      expect(await refusal(call)).toContain('is damaged')
    expect(await readFile(path, 'utf8')).toBe(content)
  })
})

describe('an encrypted vault', () => {
  it('stays shut and untouched without its passphrase', async () => {
    const path = await vaultPath()
    await vaultIn(path, passphrase).put('one', canary)
    const content = await readFile(path, 'utf8')
    for (const wrong of [undefined, '', 'wrong', `${passphrase} `]) {
      const storage = vaultIn(path, wrong)
      for (const call of [storage.get('one'), storage.put('two', canary), storage.remove('one')])
        expect(await refusal(call)).toContain('VAULT_PASSPHRASE')
    }
    expect(await readFile(path, 'utf8')).toBe(content)
    expect(await vaultIn(path, passphrase.normalize('NFD')).get('one')).toBe(canary)
  })

  it('notices every change of its file', async () => {
    const path = await vaultPath()
    await vaultIn(path, passphrase).put('one', canary)
    const content = JSON.parse(await readFile(path, 'utf8'))
    const storage = vaultIn(path, passphrase)
    const flip = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`)
    for (const changed of [
      { ...content, data: flip(content.data) },
      { ...content, tag: flip(content.tag) },
      { ...content, nonce: flip(content.nonce) },
      { ...content, scrypt: { ...content.scrypt, salt: flip(content.scrypt.salt) } },
      { ...content, data: '' },
    ]) {
      await writeFile(path, JSON.stringify(changed))
      expect(await refusal(storage.get('one'))).toContain('VAULT_PASSPHRASE')
    }
    for (const changed of [
      { ...content, tag: content.tag.slice(0, 8) },
      { ...content, scrypt: { ...content.scrypt, cost: 2 ** 30 } },
      // No power of two: no passphrase was ever tried with it.
      { ...content, scrypt: { ...content.scrypt, cost: 2 ** 8 + 1 } },
    ]) {
      await writeFile(path, JSON.stringify(changed))
      expect(await refusal(storage.get('one'))).toContain('is damaged')
    }
  })

  it('opens to what was put, or is told in one sentence not to, with any bit of its file flipped', async () => {
    const path = await vaultPath()
    await vaultIn(path, passphrase).put('one', canary)
    const content = await readFile(path)
    let refused = 0
    for (let bit = 0; bit < content.length * 8; bit += 3) {
      const flipped = Buffer.from(content)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await writeFile(path, flipped)
      const read = vaultIn(path, passphrase).get('one')
      // Of the last letter of some texts, a few bits say nothing.
      if ((await read.catch(() => undefined)) === canary) continue
      refused += 1
      expect(await refusal(read), `bit ${bit}`).toMatch(
        / is damaged: | does not open with this VAULT_PASSPHRASE: /,
      )
    }
    expect(refused).toBeGreaterThan(content.length * 2)
  })

  it('costs whoever tries passphrases as much as OWASP asks for at least', async () => {
    const path = await vaultPath()
    await fileStorage(path, passphrase).put('one', canary)
    const { scrypt } = JSON.parse(await readFile(path, 'utf8'))
    expect(scrypt).toMatchObject({ cost: 2 ** 15, blockSize: 8, parallelization: 3 })
    expect(await vaultIn(path, passphrase).get('one')).toBe(canary)
  })

  it('is encrypted anew at each write', async () => {
    const path = await vaultPath()
    const storage = vaultIn(path, passphrase)
    await storage.put('one', canary)
    const before = JSON.parse(await readFile(path, 'utf8'))
    await storage.put('one', canary)
    const after = JSON.parse(await readFile(path, 'utf8'))
    expect(after.nonce).not.toBe(before.nonce)
    expect(after.data).not.toBe(before.data)
  })

  it('takes over a plain one when it is next written', async () => {
    const path = await vaultPath()
    await vaultIn(path).put('one', canary)
    const storage = vaultIn(path, passphrase)
    expect(await storage.get('one')).toBe(canary)
    expect(await readFile(path, 'utf8')).toContain(canary)
    await storage.put('two', 'x')
    expect(await readFile(path, 'utf8')).not.toContain(canary)
    expect(await vaultIn(path, passphrase).get('one')).toBe(canary)
    expect(await refusal(vaultIn(path).get('one'))).toContain('VAULT_PASSPHRASE')
  })

  it('leaves nothing plain once it is opened, and is not written again', async () => {
    const path = await vaultPath()
    await vaultIn(path).put('one', canary)
    await vaultIn(path, passphrase).open()
    const encrypted = await readFile(path, 'utf8')
    expect(encrypted).not.toContain(canary)
    const storage = vaultIn(path, passphrase)
    await storage.open()
    expect(await readFile(path, 'utf8')).toBe(encrypted)
    expect(await storage.get('one')).toBe(canary)
  })
})

describe('a vault that cannot be had', () => {
  it('says so in a sentence with the path', async () => {
    const path = await vaultPath()
    await mkdir(path, { recursive: true })
    expect(await refusal(vaultIn(path).get('one'))).toBe(
      `The vault ${path} cannot be read (EISDIR): see that it is a file that you may read, and try again.`,
    )
    const file = await vaultPath()
    await writeFile(dirname(file), '')
    expect(await refusal(vaultIn(file).put('one', canary))).toBe(
      `The vault ${file} cannot be read (ENOTDIR): see that it is a file that you may read, and try again.`,
    )
    const loop = await vaultPath()
    await symlink(dirname(loop), dirname(loop))
    expect(await refusal(vaultIn(loop).put('one', canary))).toContain('(ELOOP)')
  })

  it('can be had again after a failed call', async () => {
    const path = await vaultPath()
    await mkdir(dirname(path))
    await writeFile(path, '{')
    const storage = vaultIn(path)
    await refusal(storage.put('one', canary))
    await writeFile(path, '{"version":1,"secrets":{}}')
    await storage.put('one', canary)
    expect(await storage.get('one')).toBe(canary)
  })
})
