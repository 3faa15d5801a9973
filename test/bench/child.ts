import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
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

/** Node's options of `npm run import`, for ours and for everybody that ours is compared with. */
export const nodeOptions = readNodeOptions()

function readNodeOptions(): readonly string[] {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> }
  const options = /^node (.*)local\/import\.ts$/.exec(scripts.import ?? '')?.[1]
  if (options === undefined)
    throw new Error('The script `import` in package.json is not `node … local/import.ts`.')
  return options.split(' ').filter((option) => option !== '')
}
