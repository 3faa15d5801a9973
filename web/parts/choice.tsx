import type { ComponentChildren } from 'preact'

type ChoiceProps<T extends string> = {
  readonly id?: string
  readonly value: T
  /** Each with what it is called. */
  readonly of: readonly (readonly [T, string])[]
  readonly choose: (value: T) => void
  readonly isOff?: boolean
  readonly describedBy?: string
}

/** One of a few. */
export function Choice<T extends string>({ id, value, of, choose, isOff, describedBy }: ChoiceProps<T>) {
  return (
    <select
      id={id}
      value={value}
      disabled={isOff}
      aria-describedby={describedBy}
      onChange={({ currentTarget }) => {
        const chosen = of[currentTarget.selectedIndex]
        if (chosen !== undefined) choose(chosen[0])
      }}
    >
      {of.map(([one, name]) => (
        <option key={one} value={one}>
          {name}
        </option>
      ))}
    </select>
  )
}

/** One of a few, below what is asked. */
export function ChoiceField<T extends string>({
  label,
  hint,
  ...choice
}: ChoiceProps<T> & { readonly id: string; readonly label: string; readonly hint?: string }) {
  return (
    <Field id={choice.id} label={label} hint={hint}>
      <Choice {...choice} describedBy={hint === undefined ? undefined : `${choice.id}-hint`} />
    </Field>
  )
}

type FieldProps = {
  readonly id: string
  readonly label: string
  readonly hint?: string | undefined
  readonly children: ComponentChildren
}

function Field({ id, label, hint, children }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
    </div>
  )
}

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone

type ZoneProps = {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly choose: (zone: string) => void
  /** Further zones that are likely. */
  readonly others?: readonly string[]
  /** What is said beside the zone of this computer. */
  readonly own?: (zone: string) => string
}

/** A time zone: any may be typed, likely ones are proposed. */
export function ZoneField({ label, hint, value, choose, others = [], own }: ZoneProps) {
  return (
    <Field id="zone" label={label} hint={hint}>
      <input
        id="zone"
        type="text"
        list="zones"
        maxLength={60}
        autocomplete="off"
        spellcheck={false}
        value={value}
        aria-describedby="zone-hint"
        onInput={({ currentTarget }) => choose(currentTarget.value)}
      />
      <datalist id="zones">
        {['UTC', ...others].map((zone) => (
          <option key={zone} value={zone} />
        ))}
        {ownZone !== 'UTC' && <option value={ownZone}>{own?.(ownZone)}</option>}
      </datalist>
    </Field>
  )
}
