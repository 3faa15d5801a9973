import { setTimeout } from 'node:timers/promises'
import { runImport } from './import/run-import.ts'

// The SDK's advice about Node is for those who talk to AWS.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // Asked twice, it stops at once: what is stored is safe at any moment.
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort()
  })
}
// `npm run import | head` is no reason to crash.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort())

const { exitCode } = await runImport(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
  random: Math.random,
  signal: stopping.signal,
})
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
)
// After an interruption there may be questions that still wait for their turn.
process.exit(exitCode)
