import { setTimeout } from 'node:timers/promises'
import { runSmoke } from './smoke/run-smoke.ts'

/** Tries a stage as a user would, with a key that comes from the environment only. */
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

process.exitCode = await runSmoke(process.argv.slice(2), {
  env: process.env,
  clock: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
  say: (sentence) => process.stdout.write(`${sentence}\n`),
  complain: (text) => process.stderr.write(text),
  signal: stop.signal,
})
