/** Who started us, taken before anything else can have happened to it. */
const shell = process.ppid

/** Calls back whenever somebody wants this process to stop: more than once when they are impatient. */
export function onStopRequest(stop: () => void): void {
  let asked = false
  function ask(): void {
    asked = true
    stop()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, ask)
  if (process.env.npm_lifecycle_event === undefined) return
  // npm gives a SIGTERM to the shell that it runs us in, which dies of it and leaves us behind.
  const watching = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watching)
    if (!asked) ask()
  }, parentEvery)
  watching.unref()
}

/** Milliseconds. */
const parentEvery = 250
