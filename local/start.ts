import { setTimeout } from 'node:timers/promises'
import type { LogEntry } from '../lambdas/api/app.ts'
import { exchanges } from '../lambdas/exchanges/index.ts'
import type { ExportEntry, SyncEntry } from './compose.ts'
import { columns } from './flags.ts'
import { readHosts, readProxies } from './import/environment.ts'
import { InvalidInputError } from './import/invalid-input.ts'
import { openBrowser } from './open-browser.ts'
import { type LocalServer, startServer } from './server.ts'
import { onStopRequest } from './stop-requests.ts'
import { sentenceFor } from './terminal.ts'

const { env } = process

// Its advice to developers is not for whoever starts the importer; `engines` says what we support.
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

// Whoever piped the output into a program that has ended still wants the server.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

try {
  const words = process.argv.slice(2)
  if (words.length === 1 && words[0] === '--help') print(help())
  else await start(words)
} catch (error) {
  const sentence = sentenceFor(error)
  process.stderr.write(`${sentence ?? `This is a bug: ${error instanceof Error ? error.stack : error}`}\n`)
  process.exitCode = sentence === undefined ? 1 : 2
}

async function start(words: readonly string[]): Promise<void> {
  if (words.some((word) => word !== '--open'))
    throw new InvalidInputError(
      'npm start takes no options but --open and --help: set PORT, DATA_DIR and VAULT_PASSPHRASE in the environment.',
    )
  const dataDir = env.DATA_DIR || '.data'
  const passphrase = env.VAULT_PASSPHRASE || undefined
  // Said at once: opening a large store takes seconds.
  print(`Opening the history in ${dataDir} …`)
  const server = await startServer({
    dataDir,
    passphrase,
    port: readPort(env.PORT),
    exchanges,
    hosts: new Map([...exchanges.values()].map((exchange) => [exchange.id, readHosts(env, exchange)])),
    proxyOf: readProxies(env),
    clock: Date.now,
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
    random: Math.random,
    log: (entry) => print(line(entry)),
  })
  print(introduction(server, dataDir, passphrase !== undefined))
  if (words.includes('--open')) openBrowser(server.address)
  for (const note of server.notes) process.stderr.write(`Note: ${note}\n`)
  stopOnSignal(server)
}

function help(): string {
  return [
    'Serves the console and the API on this computer, for you alone, and syncs every connected account every night.',
    '',
    'npm start [-- --open]    --open: shows the console in the browser',
    '',
    'The environment may say:',
    '',
    ...columns([
      { left: 'PORT', about: 'where it listens on 127.0.0.1 (default: 8787; 0: any port that is free)' },
      { left: 'DATA_DIR', about: 'where the local store and the keys live (default: .data)' },
      { left: 'VAULT_PASSPHRASE', about: 'encrypts the keys' },
      ...[...exchanges.values()].flatMap(({ hosts, hostVariables }) =>
        Object.entries(hostVariables).map(([host, variable]) => ({
          left: variable,
          about: `another address than ${hosts[host]}, such as a proxy`,
        })),
      ),
      {
        left: 'HTTPS_PROXY',
        about: 'a proxy between this computer and the exchanges; NO_PROXY names exceptions',
      },
    ]),
    '',
    'It prints its address; /docs there shows the first steps.',
  ].join('\n')
}

function readPort(text = '8787'): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidInputError('PORT must be a whole number from 0 to 65535; 0 takes any port that is free.')
}

function introduction({ address, vaultPath }: LocalServer, dataDir: string, isEncrypted: boolean): string {
  return `Open in a browser:      ${address}
For programs:           ${address}/docs
Your history is kept in ${dataDir}
Your keys are kept in   ${vaultPath}, ${isEncrypted ? 'encrypted' : 'readable by you only; set VAULT_PASSPHRASE to encrypt them'}
Ctrl-C stops it.
`
}

function stopOnSignal(server: LocalServer): void {
  let stopping = false
  onStopRequest(() => {
    // Asked twice, it stops at once: what is stored is safe at any moment.
    if (stopping) process.exit(130)
    stopping = true
    print('Stopping …')
    server.close().then(() => print('Stopped.'))
  })
}

function line(entry: LogEntry | SyncEntry | ExportEntry): string {
  const time = new Date().toISOString()
  switch (entry.event) {
    case 'answered':
    case 'failed':
      return [time, entry.method, entry.path, entry.status, entry.code]
        .filter((part) => part !== undefined)
        .join(' ')
    case 'synced':
      return `${time} synced ${entry.connection}: ${entry.state}, ${entry.new} new`
    case 'sync-failed':
      return `${time} sync of ${entry.connection} failed: ${entry.code}`
    case 'export-failed':
      return `${time} export ${entry.export} failed: ${entry.code}`
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
