import { describe, expect, it } from 'vitest'
import { runConnections } from '../../local/connections/run-connections.ts'
import { runExport } from '../../local/export/run-export.ts'
import { runImport } from '../../local/import/run-import.ts'
import { runStatus } from '../../local/status/run-status.ts'
import { capture, surroundings, temporaryDirectory } from './import-process.ts'

const commands = {
  import: async (argv: readonly string[], around: Parameters<typeof runImport>[1]) =>
    (await runImport(argv, around)).exitCode,
  export: runExport,
  status: runStatus,
  connections: runConnections,
}

async function run(command: keyof typeof commands, words: readonly string[]) {
  const [stdout, stderr] = [capture(), capture()]
  const around = surroundings({ DATA_DIR: `${temporaryDirectory()}/data` })
  const exitCode = await commands[command](words, { ...around, stdout: stdout.stream, stderr: stderr.stream })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

describe('a command that is refused', () => {
  it.each([
    ['import', ['--exchange', 'nowhere']],
    ['import', ['--symbols', 'BTCUSDT']],
    ['import', ['--colour']],
    ['export', ['--format', 'koinly']],
    ['export', ['--format', 'nothing']],
    ['status', []],
    ['status', ['now']],
    ['connections', ['remove', 'nobody']],
    ['connections', ['what']],
  ] as const)(
    'tells programs so in one object, with --json, and people as ever: %s %j',
    async (name, words) => {
      const plain = await run(name, words)
      expect(plain).toMatchObject({ exitCode: 2, stdout: '' })
      const told = await run(name, [...words, '--json'])
      const lines = told.stdout.trimEnd().split('\n')
      expect(lines).toHaveLength(1)
      const { error } = JSON.parse(lines[0] ?? '')
      expect(error).toEqual({ code: 'invalid-input', sentence: expect.stringMatching(/[.]$/) })
      expect(told).toMatchObject({ exitCode: 2, stderr: `${error.sentence}\n` })
    },
  )

  it('is one that names symbols of an exchange that is asked for all at once', async () => {
    for (const [id, name] of [
      ['bitmart', 'BitMart'],
      ['bingx', 'BingX'],
    ] as const)
      expect((await run('import', ['--exchange', id, '--symbols', 'BTCUSDT'])).stderr).toBe(
        `--symbols is of no use at ${name}, which is asked for all symbols at once: leave it out.\n`,
      )
  })
})
