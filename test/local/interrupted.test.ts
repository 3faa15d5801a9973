import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runConnections } from '../../local/connections/run-connections.ts'
import { runExport } from '../../local/export/run-export.ts'
import { runFileImport } from '../../local/import/file/run-file-import.ts'
import { runImport, type Surroundings } from '../../local/import/run-import.ts'
import { runStatus } from '../../local/status/run-status.ts'
import { capture, environmentFor, surroundings, temporaryDirectory } from './import-process.ts'

const commands = {
  import: async (argv: readonly string[], around: Surroundings) => (await runImport(argv, around)).exitCode,
  file: runFileImport,
  export: runExport,
  status: runStatus,
  connections: runConnections,
}

const nobody = { spotUrl: 'http://127.0.0.1:1', futuresUrl: 'http://127.0.0.1:1' }

/** As after Ctrl-C. */
async function interrupted(
  command: keyof typeof commands,
  argv: readonly string[],
  around: Partial<Surroundings> & { readonly dataDir?: string } = {},
) {
  const [stdout, stderr] = [capture(), capture()]
  const { dataDir = join(temporaryDirectory(), 'data') } = around
  const exitCode = await commands[command](argv, {
    ...surroundings(environmentFor(nobody, dataDir)),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: AbortSignal.abort(),
    ...around,
  })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

describe('a command that Ctrl-C ended', () => {
  it('before the exchange was asked says so, to people and to programs', async () => {
    const out = ['--out', join(temporaryDirectory(), 'out')]
    const sentence = 'Interrupted before anything was imported.'
    expect(await interrupted('import', [...out, '--json'])).toMatchObject({
      exitCode: 130,
      stdout: `${JSON.stringify({ error: { code: 'interrupted', sentence } })}\n`,
      stderr: expect.stringContaining(sentence),
    })
  })

  it.each([
    ['import', []],
    ['file', ['--file', 'package.json', '--exchange', 'bitmart']],
    ['export', ['--format', 'koinly']],
    ['status', []],
    ['connections', ['remove', 'Main']],
  ] as const)('tells of a disk that failed after it, and not of Ctrl-C: %s', async (command, argv) => {
    const directory = temporaryDirectory()
    const dataDir = join(directory, 'file')
    await writeFile(dataDir, '')
    const out = command === 'import' || command === 'export' ? ['--out', join(directory, 'out')] : []
    const ended = await interrupted(command, [...argv, ...out], { dataDir })
    expect(ended.stderr).not.toContain('Interrupted')
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(dataDir) })
  })

  it('tells of a bug that came after it, with the place where it happened', async () => {
    const clock = () => {
      throw new TypeError('a clock that is broken')
    }
    const ended = await interrupted('import', [], { clock })
    expect(ended.stderr).toMatch(/^This is a bug of the importer \(TypeError\).*\n {4}at /s)
    expect(ended.exitCode).toBe(1)
  })
})
