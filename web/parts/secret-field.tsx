import { useState } from 'preact/hooks'
import type { CredentialField } from '../answers.ts'
import { connectWords } from '../words/connect.ts'

const texts = connectWords

type SecretProps = {
  readonly field: CredentialField
  readonly value: string
  readonly isOff: boolean
  readonly problem?: string
  readonly warning?: string
  readonly onInput: (text: string) => void
}

/** Where a browser cannot mask a text field, it has to be one of those that it likes to remember. */
const canMask = CSS.supports('-webkit-text-security', 'disc')

/** A part of the credentials: nothing that could keep it knows what it is. */
export function SecretField({ field, value, isOff, problem, warning, onInput }: SecretProps) {
  const [isShown, setShown] = useState(false)
  const isHidden = field.name !== 'apiKey' && !isShown
  const id = `field-${field.name}`
  const common = {
    id,
    class: isHidden ? 'masked' : 'mono',
    value,
    // White space that comes along when it is pasted is left out.
    maxLength: field.maxLength + 20,
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: false,
    disabled: isOff,
    'aria-invalid': problem !== undefined,
    'aria-describedby': `${id}-more`,
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement }) => onInput(currentTarget.value),
  } as const
  return (
    <div class="field">
      <label for={id}>{field.title}</label>
      <div class="with-button" onFocusOut={() => setShown(false)}>
        {isHidden && !canMask ? <input type="password" {...common} /> : <input type="text" {...common} />}
        {field.name !== 'apiKey' && (
          <button
            type="button"
            aria-pressed={isShown}
            aria-label={`${isShown ? texts.hide : texts.show} ${field.title}`}
            // The field keeps its focus, by whose end what is shown is hidden again.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? texts.hide : texts.show}
          </button>
        )}
      </div>
      <div id={`${id}-more`}>
        {problem === undefined ? <p class="hint">{field.hint}</p> : <p class="wrong">{problem}</p>}
        {warning !== undefined && <p class="warn">{warning}</p>}
      </div>
    </div>
  )
}
