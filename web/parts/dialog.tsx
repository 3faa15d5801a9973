import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { words } from '../words.ts'
import { Button } from './controls.tsx'

type DialogProps = {
  readonly title: string
  readonly close: () => void
  readonly isPanel?: boolean
  readonly children: ComponentChildren
}

/** Open as long as it is there; gives the focus back to whoever had it. */
export function Dialog({ title, close, isPanel, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    // Whoever is asked for something types at once; the first button is the one that closes.
    const first = isPanel ? null : dialog.current?.querySelector('input')
    first?.focus()
    first?.select()
    // One that goes when its work is done closes nothing: the focus would be nowhere.
    return () => {
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return
        const back = before?.isConnected ? before : document.querySelector('h1')
        if (back instanceof HTMLElement) back.focus()
      })
    }
  }, [])
  return (
    <dialog ref={dialog} class={isPanel ? 'panel' : ''} aria-label={title} onClose={close}>
      <div class="dialog-head">
        <h2>{title}</h2>
        <Button onClick={() => dialog.current?.close()}>{words.close}</Button>
      </div>
      {children}
    </dialog>
  )
}
