import type { ComponentChildren } from 'preact'

type TableProps = {
  /** What is in it, for whoever cannot see what stands above it. */
  readonly label: string
  readonly columns: readonly string[]
  /** The first column with numbers, which stand at their end; none where there are none. */
  readonly numbersFrom?: number
  /** The rows. */
  readonly children: ComponentChildren
}

/** A table that may be wider than the window: it is moved by itself, by keyboard too. */
export function Table({ label, columns, numbersFrom = columns.length, children }: TableProps) {
  return (
    <div class="scrolled" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((name, place) => (
              <th key={name} scope="col" class={place >= numbersFrom ? 'number' : ''}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </div>
  )
}
