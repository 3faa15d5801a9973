import { useEffect, useState } from 'preact/hooks'

const listeners = new Set<(text: string) => void>()

/** Tells those who listen to the page; of what comes quickly only the last. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text)
}

/** Nobody wants to hear more often how far something is. */
const quiet = 5_000

/** The one place that screen readers read progress from. */
export function Announcer() {
  const [text, setText] = useState('')
  useEffect(() => {
    let last = 0
    let waiting: ReturnType<typeof setTimeout> | undefined
    let clearing: ReturnType<typeof setTimeout> | undefined
    const listener = (next: string) => {
      clearTimeout(waiting)
      const tell = () => {
        last = Date.now()
        setText(next)
        // Whoever reads on finds nothing below the page that was true a while ago.
        clearTimeout(clearing)
        clearing = setTimeout(() => setText(''), 2 * quiet)
      }
      const wait = last + quiet - Date.now()
      if (wait <= 0) tell()
      else waiting = setTimeout(tell, wait)
    }
    listeners.add(listener)
    return () => {
      clearTimeout(waiting)
      clearTimeout(clearing)
      listeners.delete(listener)
    }
  }, [])
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  )
}
