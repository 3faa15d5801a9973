import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { type ClockSettings, timeOf } from './fast-clock.ts'

/**
 * What AWS runs in a sandbox, as far as a handler can tell: loads `index.mjs` of the folder that it is told, then
 * calls its handler for one event after the other. Told and answers by messages. The clock runs as fast as it is told.
 */
export type RuntimeWishes = { readonly directory: string; readonly clock: ClockSettings }

export type Invocation = {
  readonly id: string
  readonly event: unknown
  readonly functionName: string
  readonly arn: string
  readonly memory: number
  /** When the time of the invocation is over, by the clock. */
  readonly deadline: number
  readonly clock: ClockSettings
}

export type RuntimeMessage =
  /** Milliseconds from the start of the process until the handler was there. */
  | { readonly kind: 'ready'; readonly initMilliseconds: number }
  | { readonly kind: 'answer'; readonly id: string; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: string; readonly name: string; readonly message: string }

const wishes = JSON.parse(process.argv[2] ?? '') as RuntimeWishes
// The handler's own command line says nothing of the test.
process.argv.splice(2)
let clock = wishes.clock
runFast()

const module: { handler?: unknown } = await import(pathToFileURL(join(wishes.directory, 'index.mjs')).href)
const { handler } = module
if (typeof handler !== 'function') throw new Error('index.mjs exports no function named handler.')

process.on('message', (told: Invocation | ClockSettings) => {
  if ('id' in told) void invoke(told)
  else clock = told
})
process.on('disconnect', () => process.exit(0))
tell({ kind: 'ready', initMilliseconds: performance.now() })

async function invoke({
  id,
  event,
  functionName,
  arn,
  memory,
  deadline,
  ...told
}: Invocation): Promise<void> {
  clock = told.clock
  const hex = id.replaceAll('-', '')
  process.env._X_AMZN_TRACE_ID = `Root=1-00000000-${hex.slice(0, 24)};Parent=${hex.slice(16)};Sampled=1`
  const context = {
    awsRequestId: id,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: String(memory),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'sandbox',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
  try {
    const result: unknown = await (handler as (event: unknown, context: unknown) => unknown)(event, context)
    tell({ kind: 'answer', id, result: result === undefined ? null : result })
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    // What AWS writes to the log of the function when a handler throws.
    process.stderr.write(`Invoke Error ${error instanceof Error ? error.stack : String(error)}\n`)
    tell({ kind: 'error', id, name, message })
  }
}

function tell(message: RuntimeMessage): void {
  process.send?.(message)
}

function runFast(): void {
  const RealDate = Date
  const now = () => timeOf(clock, RealDate.now())
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, given, self) => Reflect.construct(target, given.length === 0 ? [now()] : given, self),
    get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
  })
  const shorter = (ms: unknown) => (typeof ms === 'number' ? ms / clock.speed : ms)
  // How long the SDK waits for AWS at most stays as it is: the emulators are no quicker, however fast the clock runs.
  const ofSdk = (work: () => void) => String(work).includes('@smithy/node-http-handler')
  const { setTimeout, setInterval } = globalThis
  const quick = (real: typeof setTimeout | typeof setInterval) =>
    Object.assign(
      (work: () => void, ms?: unknown, ...rest: unknown[]) =>
        Reflect.apply(real, undefined, [work, ofSdk(work) ? ms : shorter(ms), ...rest]),
      { ...real },
    )
  const patches = { setTimeout: quick(setTimeout), setInterval: quick(setInterval) }
  Object.assign(globalThis, patches)
  Object.assign(timers, patches)
  const { setTimeout: delay } = timersPromises
  Object.assign(timersPromises, {
    setTimeout: (ms?: number, ...rest: [value?: unknown, options?: object]) =>
      delay(ms === undefined ? undefined : ms / clock.speed, ...rest),
  })
  // When time jumps, a limit of time must not be missed.
  AbortSignal.timeout = (ms) => {
    const over = new AbortController()
    const end = now() + ms
    const watch = setInterval(() => {
      if (now() < end) return
      clearInterval(watch)
      over.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    }, 5)
    watch.unref()
    return over.signal
  }
  syncBuiltinESMExports()
}
