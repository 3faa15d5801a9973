type TextProps = {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly isOff: boolean
  readonly problem?: string
  readonly onInput: (text: string) => void
}

export function TextField({ id, label, hint, value, isOff, problem, onInput }: TextProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        maxLength={100}
        autocomplete="off"
        value={value}
        disabled={isOff}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-more`}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      <p id={`${id}-more`} class={problem === undefined ? 'hint' : 'wrong'}>
        {problem ?? hint}
      </p>
    </div>
  )
}
