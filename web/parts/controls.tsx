import type { ComponentChildren } from 'preact'
import type { Tone } from '../words.ts'
import { words } from '../words.ts'

// What most pages show comes with these: as files of their own they would weigh twice as much.
import '../account-choices.ts'
import '../show-exact.ts'
import './sentences.tsx'
import './text-field.tsx'

type ButtonProps = {
  readonly children: ComponentChildren
  readonly onClick?: () => void
  readonly isPrimary?: boolean
  readonly isDangerous?: boolean
  readonly isOff?: boolean
  /** The second half of a double click is no second wish, however quickly the first was done. A form is sent so, too. */
  readonly isOnce?: boolean
  readonly type?: 'button' | 'submit'
  readonly label?: string
}

export function Button({
  children,
  onClick,
  isPrimary,
  isDangerous,
  isOff,
  isOnce,
  type = 'button',
  label,
}: ButtonProps) {
  const kind = isPrimary ? 'primary' : isDangerous ? 'danger' : ''
  return (
    <button
      type={type}
      class={kind}
      disabled={isOff}
      aria-label={label}
      onClick={(event) => {
        if ((isOnce || type === 'submit') && event.detail > 1) event.preventDefault()
        else onClick?.()
      }}
    >
      {children}
    </button>
  )
}

/** A link that looks like what one does next. */
export function Go({
  to,
  isPrimary,
  children,
}: {
  to: string
  isPrimary?: boolean
  children: ComponentChildren
}) {
  return (
    <a class={isPrimary ? 'button primary' : 'button'} href={to}>
      {children}
    </a>
  )
}

const signs: Readonly<Record<Tone, string>> = { good: '✓', doubt: '?', bad: '!', soft: '·' }

/** A state, told by its words and a sign; the colour only helps. */
export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{signs[tone]}</span> {children}
    </span>
  )
}

/** A state as a sign alone, where there is no room for its words: they are its name. */
export function Sign({ tone, says }: { tone: Tone; says: string }) {
  return (
    <span class={`sign ${tone}`} role="img" aria-label={says} title={says}>
      {signs[tone]}
    </span>
  )
}

export function Notice({
  tone,
  children,
  isAlert,
}: {
  tone: Tone
  children: ComponentChildren
  isAlert?: boolean
}) {
  return (
    <div class={`notice ${tone}`} role={isAlert ? 'alert' : undefined}>
      {children}
    </div>
  )
}

/** What went wrong, and the way to try it again. */
export function Failure({ sentence, again }: { sentence: string; again?: () => void }) {
  return (
    <Notice tone="bad" isAlert>
      <p>{sentence}</p>
      {again !== undefined && <Button onClick={again}>{words.again}</Button>}
    </Notice>
  )
}

/** Grey lines where something will be; only for those who wait long enough to wonder. */
export function Frame({ lines }: { lines: number }) {
  return (
    <div class="frame late" role="status" aria-label={words.loading}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  )
}
