import { Refusal } from './refusal.ts'

/** What is known by now: the last answer stays while a newer one does not come. */
export type Known<T> = { readonly data: T | undefined; readonly error: Error | null }

/** Something that the page asks of the API: once, however many parts of it look, and again whenever more may be known. */
export type Question<T> = {
  readonly known: () => Known<T>
  /** Asks unless the answer is fresh, tells of each change, and ends with what it returns. */
  readonly watch: (changed: () => void) => () => void
  /** Asks anew, whatever is under way: something was changed, or somebody wants to know. */
  readonly again: () => Promise<void>
  /** Takes what was told elsewhere. */
  readonly learn: (data: T) => void
  /** What was known is not true any more. */
  readonly forget: () => void
}

export type Manner<T> = {
  /** Milliseconds for which an answer need not be asked for again. */
  readonly freshFor?: number
  /** Milliseconds after which it is asked again while somebody looks; nothing where it need not be. */
  readonly pollAfter?: (known: Known<T>) => number | undefined
}

const nothing = { data: undefined, error: null }
const justNow = 2_000
const beforeRetry = 500
/** How long an answer is kept that nobody looks at. */
const kept = 300_000

let isInView = true
/** Every question that has an answer or waits for one. */
const open = new Set<{ readonly look: () => void; readonly change: () => Promise<void> }>()

export function question<T>(
  load: (signal: AbortSignal) => Promise<T>,
  { freshFor = justNow, pollAfter }: Manner<T> = {},
): Question<T> {
  let known: Known<T> = nothing
  let freshUntil = 0
  let asking: { readonly stop: AbortController; readonly done: Promise<void> } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const watchers = new Set<() => void>()

  function become(next: Known<T>): void {
    // An answer that says the same is the same, so that nothing is drawn again for it.
    const isSame = JSON.stringify(next.data) === JSON.stringify(known.data)
    if (isSame && next.error === known.error) return
    known = { data: isSame ? known.data : next.data, error: next.error }
    for (const changed of watchers) changed()
  }

  function stopAsking(): void {
    clearTimeout(timer)
    asking?.stop.abort()
    asking = undefined
  }

  function ask(): Promise<void> {
    if (asking !== undefined) return asking.done
    clearTimeout(timer)
    const stop = new AbortController()
    const done = patiently(load, stop.signal).then(
      (data) => {
        if (stop.signal.aborted) return
        freshUntil = Date.now() + freshFor
        settle({ data, error: null })
      },
      (error: unknown) => {
        if (stop.signal.aborted) return
        freshUntil = 0
        settle({ data: known.data, error: error instanceof Error ? error : new Error(String(error)) })
      },
    )
    asking = { stop, done }
    return done
  }

  function settle(next: Known<T>): void {
    asking = undefined
    become(next)
    pollLater()
  }

  function pollLater(): void {
    const wait = pollAfter?.(known)
    if (wait !== undefined && watchers.size > 0) timer = setTimeout(() => isInView && void ask(), wait)
  }

  function again(): Promise<void> {
    stopAsking()
    if (known.data === undefined) become(nothing)
    return ask()
  }

  function forget(): void {
    freshUntil = 0
    become(nothing)
  }

  const own = {
    look: () => void (watchers.size > 0 && ask()),
    change: async () => {
      freshUntil = 0
      if (watchers.size > 0) await again()
    },
  }

  return {
    known: () => known,
    again,
    forget,
    learn: (data) => {
      stopAsking()
      settle({ data, error: null })
    },
    watch: (changed) => {
      open.add(own)
      watchers.add(changed)
      if (watchers.size === 1) clearTimeout(timer)
      if (Date.now() >= freshUntil) void ask()
      else if (watchers.size === 1) pollLater()
      return () => {
        watchers.delete(changed)
        if (watchers.size > 0) return
        stopAsking()
        timer = setTimeout(() => {
          open.delete(own)
          forget()
        }, kept)
      }
    },
  }
}

/** One question for each name, such as that of an account. */
export function questionOfEach<T>(
  load: (name: string, signal: AbortSignal) => Promise<T>,
  manner?: Manner<T>,
): (name: string) => Question<T> {
  const asked = new Map<string, Question<T>>()
  return (name) => {
    const one = asked.get(name) ?? question((signal) => load(name, signal), manner)
    asked.set(name, one)
    return one
  }
}

/** One question for each list of names, joined by commas: an answer for each of them, in their order. */
export function questionOfAll<T>(
  load: (name: string, signal: AbortSignal) => Promise<T>,
): (names: string) => Question<readonly Awaited<T>[]> {
  return questionOfEach<readonly Awaited<T>[]>((names, signal) =>
    Promise.all(names.split(',').flatMap((name) => (name === '' ? [] : load(name, signal)))),
  )
}

/** Something was changed: nothing is fresh any more, and all that is shown is asked for again. */
export async function askAllAgain(): Promise<void> {
  await Promise.all([...open].map(({ change }) => change()))
}

/** Whoever comes back to the page sees what is known by then, however lately it was asked for; while it is hidden, nothing is. */
export function comesIntoView(isSeen: boolean): void {
  isInView = isSeen
  if (isSeen) for (const { look } of open) look()
}

/** What the importer refused it will refuse again; what was not answered may have been bad luck. */
async function patiently<T>(load: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await load(signal)
  } catch (error) {
    if (error instanceof Refusal || signal.aborted) throw error
  }
  await new Promise((resolve) => setTimeout(resolve, beforeRetry))
  signal.throwIfAborted()
  return load(signal)
}
