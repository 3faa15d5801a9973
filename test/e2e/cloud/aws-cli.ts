import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the AWS CLI is installed as a Python package, its model of every service can be asked. */
const asked = spawnSync('python3', ['-c', 'import awscli, sys; print(sys.executable)'])
const python = asked.stdout?.toString().trim() ?? ''

export const awsCliInstalled = asked.status === 0

/**
 * Puts a command `aws` into `folder`: asks `emulated` (`sqs`, or `sqs receive-message`) at `AWS_ENDPOINT_URL`, and
 * checks everything else by the CLI's model, or all of it where `ONLY_MODEL` is set. Writes what was asked to `CALLS`.
 */
export async function startAwsCli(
  folder: string,
  emulated: readonly string[],
): Promise<{ close(): Promise<void> }> {
  const program = fileURLToPath(new URL('./aws_cli.py', import.meta.url))
  const at = join(folder, 'aws-cli')
  const server = spawn(python, [program, 'serve', at, ...emulated], { stdio: ['ignore', 'pipe', 'inherit'] })
  await Promise.race([
    once(server.stdout, 'data'),
    once(server, 'close').then(() => Promise.reject(new Error('The AWS CLI cannot be loaded.'))),
  ])
  const command = join(folder, 'aws')
  await writeFile(command, `#!/bin/sh\nexec '${python}' -SE '${program}' ask '${at}' "$@"\n`)
  await chmod(command, 0o755)
  return {
    close: async () => {
      const gone = once(server, 'close')
      server.kill('SIGKILL')
      await gone
    },
  }
}
