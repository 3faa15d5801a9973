import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts a file beside this one, told its wishes as arguments; it answers with messages. */
export function start(file: string, args: readonly string[], options: ForkOptions = {}): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: [...nodeOptions], ...options })
}

/** The next message. Throws when the process ends without one. */
export async function message<T>(child: ChildProcess): Promise<T> {
  const stopping = new AbortController()
  const gone = once(child, 'exit', { signal: stopping.signal }).then(([code]) => {
    throw new Error(`A process ended with ${code}: ${child.spawnargs.join(' ')}`)
  })
  const [told] = await Promise.race([once(child, 'message'), gone]).finally(() => stopping.abort())
  return told
}

/** For ours and for everybody that ours is compared with: TypeScript as it is, and the same thrift as `npm run import`. */
const nodeOptions: readonly string[] = [
  '--import',
  new URL('../../local/spare-memory.mjs', import.meta.url).href,
  '--import',
  'tsx',
]
