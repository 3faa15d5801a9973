import { useState } from 'preact/hooks'
import { sentenceOf } from '../ask.ts'
import { words } from '../words.ts'
import { Button, Failure } from './controls.tsx'
import { Dialog } from './dialog.tsx'

/** Does it, tells what goes wrong, and is busy as long as it takes. */
export function useChange(does: () => Promise<void>) {
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)
  async function change(event?: Event) {
    event?.preventDefault()
    setBusy(true)
    setProblem('')
    try {
      await does()
    } catch (error) {
      setProblem(sentenceOf(error))
    }
    setBusy(false)
  }
  return { problem, isBusy, change: (event?: Event) => void change(event) }
}

type ConfirmProps = {
  readonly title: string
  readonly text: string
  /** What the button says. */
  readonly verb: string
  readonly isDangerous?: boolean
  readonly does: () => Promise<void>
  readonly close: () => void
}

/** Says what would happen, and does it when that was read. */
export function Confirm({ title, text, verb, isDangerous, does, close }: ConfirmProps) {
  const { problem, isBusy, change } = useChange(async () => {
    await does()
    close()
  })
  return (
    <Dialog title={title} close={close}>
      <p>{text}</p>
      {problem !== '' && <Failure sentence={problem} />}
      <div class="actions">
        <Button isDangerous={isDangerous} isPrimary={!isDangerous} isOff={isBusy} onClick={change}>
          {verb}
        </Button>
        <Button onClick={close}>{words.cancel}</Button>
      </div>
    </Dialog>
  )
}
