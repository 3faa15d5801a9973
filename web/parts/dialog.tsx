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
    dialog.current?.showModal()
    // Whoever is asked for something types at once; the first button is the one that closes.
    const first = isPanel ? null : dialog.current?.querySelector('input')
    first?.focus()
    first?.select()
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
