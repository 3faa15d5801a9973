import { setTimeout } from 'node:timers/promises'
import { onStopRequest } from '../stop-requests.ts'
import type { Surroundings } from './run-import.ts'

/** The surroundings of a command in a terminal. Ctrl-C fires the signal; a second one ends the process. */
export function thisProcess(): Surroundings {
  // The SDK's advice about Node is for those who talk to AWS.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const stopping = new AbortController()
  onStopRequest(() => {
    // What is stored is safe at any moment.
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort()
  })
  // `npm run import | head` is no reason to crash.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort())
  return {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: Date.now,
    sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
    random: Math.random,
    signal: stopping.signal,
  }
}

/** Ends the process when its output is out: after an interruption some questions may still wait for their turn. */
export async function leave(exitCode: number): Promise<never> {
  const streams = [process.stdout, process.stderr]
  await Promise.all(streams.map((stream) => new Promise((done) => stream.write('', done))))
  process.exit(exitCode)
}
