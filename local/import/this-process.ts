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
    if (stopping.signal.aborted) leaveAtOnce()
    stopping.abort()
  })
  goOnUnread()
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

/** Progress may have hidden the cursor of the terminal. */
const shownCursor = '\u001B[?25h'

function leaveAtOnce(): never {
  const cursor = process.stderr.isTTY ? shownCursor : ''
  process.stderr.write(
    `${cursor}\nStopped at once. What is stored is safe: run the same command again to go on.\n`,
  )
  process.exit(130)
}

/** `npm run import | head` ends the reader and not the work; a terminal that is gone has told so by a signal. */
function goOnUnread(): void {
  process.stdout.once('error', () =>
    process.stderr.write('Nobody reads the output any more; the work goes on, and Ctrl-C stops it.\n'),
  )
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

/** Ends the process when its output is out: after an interruption some questions may still wait for their turn. */
export async function leave(exitCode: number): Promise<never> {
  const streams = [process.stdout, process.stderr]
  await Promise.all(streams.map((stream) => new Promise((done) => stream.write('', done))))
  process.exit(exitCode)
}
