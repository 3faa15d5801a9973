import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { FastClock } from './fast-clock.ts'
import type { Invocation, RuntimeMessage, RuntimeWishes } from './runtime-process.ts'

/** One function as it is deployed. */
export type DeployedFunction = {
  readonly name: string
  /** The unpacked asset. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** Milliseconds that one invocation may take. */
  readonly timeout: number
  /** MB. */
  readonly memory: number
}

export type Written = { readonly stream: 'stdout' | 'stderr'; readonly text: string }

/** What a handler threw, or how its process ended. */
class InvocationError extends Error {
  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}

/**
 * Real milliseconds before an invocation is ended by force, where its time is over earlier by the clock: computing takes as
 * long as ever, however fast the clock runs.
 */
const leastPatience = 20_000

type Sandbox = {
  busy: boolean
  readonly child: ChildProcess
  readonly ready: Promise<void>
  invoke(invocation: Invocation): Promise<unknown>
}

export type InvokeOptions = {
  /** Milliseconds, where it is to be less than the function's own. */
  readonly timeout?: number
}

/** Runs deployed functions as AWS does: each invocation alone in a process, which serves the next one too. */
export async function openSandboxes(clock: FastClock) {
  const home = await mkdtemp(join(tmpdir(), 'sandboxes-'))
  const runtime = join(home, 'runtime.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('runtime-process.ts', import.meta.url))],
    outfile: runtime,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
  })
  const sandboxes = new Map<string, Sandbox[]>()
  const written = new Map<string, Written[]>()
  const directories = new Map<string, Promise<string>>()

  /** Nothing but the asset is there: what it does not bring along, it cannot import. */
  function unpack({ name, directory }: DeployedFunction): Promise<string> {
    const known = directories.get(name)
    if (known !== undefined) return known
    const unpacked = (async () => {
      const empty = await mkdtemp(join(home, `${name}-`))
      await cp(directory, empty, { recursive: true })
      return empty
    })()
    directories.set(name, unpacked)
    return unpacked
  }

  async function start(deployed: DeployedFunction): Promise<Sandbox> {
    const directory = await unpack(deployed)
    const output = written.get(deployed.name) ?? []
    written.set(deployed.name, output)
    const wishes: RuntimeWishes = { directory, clock: clock.settings() }
    const child = fork(runtime, [JSON.stringify(wishes)], {
      cwd: directory,
      env: { ...reserved(deployed, directory), ...deployed.environment },
      execArgv: ['--enable-source-maps'],
      serialization: 'json',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.setEncoding('utf8').on('data', (text: string) => output.push({ stream, text }))

    const waiting = new Map<string, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
    let settleReady: { resolve: () => void; reject: (error: Error) => void } | undefined
    const ready = new Promise<void>((resolve, reject) => {
      settleReady = { resolve, reject }
    })
    ready.catch(() => undefined)
    child.on('message', (message: RuntimeMessage) => {
      if (message.kind === 'ready') return settleReady?.resolve()
      const asker = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.kind === 'answer') return asker?.resolve(message.result)
      return asker?.reject(new InvocationError(message.name, message.message))
    })
    child.on('close', (code, signal) => {
      const list = sandboxes.get(deployed.name) ?? []
      if (list.includes(sandbox)) list.splice(list.indexOf(sandbox), 1)
      const how = new InvocationError('Runtime.ExitError', `${deployed.name} exited: ${signal ?? code}`)
      settleReady?.reject(how)
      for (const { reject } of waiting.values()) reject(how)
    })
    const sandbox: Sandbox = {
      busy: true,
      child,
      ready,
      invoke: (invocation) =>
        new Promise((resolve, reject) => {
          waiting.set(invocation.id, { resolve, reject })
          child.send(invocation, (error) => error !== null && reject(error))
        }),
    }
    const list = sandboxes.get(deployed.name) ?? []
    sandboxes.set(deployed.name, [...list, sandbox])
    return sandbox
  }

  async function take(deployed: DeployedFunction): Promise<Sandbox> {
    const idle = sandboxes.get(deployed.name)?.find(({ busy }) => !busy)
    if (idle === undefined) return start(deployed)
    idle.busy = true
    return idle
  }

  return {
    /** Resolves with what the handler answers; rejects with an `InvocationError`. */
    async invoke(deployed: DeployedFunction, event: unknown, options: InvokeOptions = {}): Promise<unknown> {
      const sandbox = await take(deployed)
      await sandbox.ready
      const timeout = options.timeout ?? deployed.timeout
      const settings = clock.settings()
      const patience = Math.max(leastPatience, timeout / settings.speed)
      const overdue = setTimeout(() => sandbox.child.kill('SIGKILL'), patience)
      try {
        return await sandbox.invoke({
          id: randomUUID(),
          event,
          functionName: deployed.name,
          arn: `arn:aws:lambda:us-east-1:123456789012:function:${deployed.name}`,
          memory: deployed.memory,
          deadline: clock.now() + timeout,
          clock: settings,
        })
      } finally {
        clearTimeout(overdue)
        sandbox.busy = false
      }
    },

    /** `kill -9` of every process that is at work for this function. Resolves with how many there were. */
    async kill(name: string): Promise<number> {
      const busy = (sandboxes.get(name) ?? []).filter((sandbox) => sandbox.busy)
      await Promise.all(busy.map(({ child }) => end(child)))
      return busy.length
    },

    /** Tells those at work what time it is, after the clock has jumped. */
    tellTime(): void {
      for (const { child, busy } of [...sandboxes.values()].flat())
        if (busy && child.connected) child.send(clock.settings())
    },

    /** What all functions wrote since the start, by function. */
    written: (): ReadonlyMap<string, readonly Written[]> => written,

    async close(): Promise<void> {
      await Promise.all([...sandboxes.values()].flat().map(({ child }) => end(child)))
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'close')
  child.kill('SIGKILL')
  await gone
}

/** What AWS adds to the environment of every function, and nothing of ours. */
function reserved({ name, memory }: DeployedFunction, directory: string): Record<string, string> {
  return {
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_REGION: 'us-east-1',
    LAMBDA_TASK_ROOT: directory,
    NODE_ENV: 'production',
    TZ: ':UTC',
    _HANDLER: 'index.handler',
  }
}
