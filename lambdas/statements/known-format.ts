import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { type Layout, layoutSchema } from './layout.ts'

/** A statement that is known by its header. */
export type KnownFormat = {
  readonly id: string
  readonly name: string
  /** Absent where it is no exchange's: a template that may hold the history of any. */
  readonly exchange?: string
  /** The cells of the header, in their order. `<clock>` stands for the clock that the times are of. */
  readonly header: readonly string[]
  /** The clock, where no cell of the header names it. */
  readonly clock?: string
  readonly layout: Layout
  /** What nobody knows of it, told beside it. */
  readonly silent: readonly string[]
}

export function knownFormat({
  layout,
  silent = [],
  ...format
}: Omit<KnownFormat, 'layout' | 'silent'> & {
  readonly layout: z.input<typeof layoutSchema>
  readonly silent?: readonly string[]
}): KnownFormat {
  return { ...format, silent, layout: layoutSchema.parse(layout) }
}

const wildcard = '<clock>'

/** A clock in brackets, as exchanges write it into a heading. */
const namedClock = /\(((?:UTC|GMT)[^()]*|[A-Z][A-Za-z]+\/[A-Za-z_/]+)\)/

/** The header as it is compared: without blanks around its cells, without empty ones at its end. */
export function headerOf(cells: readonly string[]): readonly string[] {
  const header = cells.map((cell) => cell.replace(/^\ufeff/, '').trim())
  while (header.length > 0 && header.at(-1) === '') header.pop()
  return header
}

/** Headings without the clock that they name, so that they are the same for every user; and that clock. */
export function withoutClock(header: readonly string[]): {
  readonly plain: readonly string[]
  readonly clocks: readonly string[]
} {
  const clocks = header.flatMap((cell) => namedClock.exec(cell)?.[1] ?? [])
  return { plain: header.map((cell) => cell.replace(namedClock, `(${wildcard})`)), clocks }
}

/** Headings that differ from each other, as the names of columns. */
export function columnNames(header: readonly string[]): readonly string[] {
  const seen = new Map<string, number>()
  return header.map((cell, index) => {
    const name = cell === '' ? `column ${index + 1}` : cell
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}

/** What a header is remembered by. */
export function signatureOf(header: readonly string[]): string {
  const { plain } = withoutClock(header)
  return createHash('sha256').update(JSON.stringify(plain)).digest('hex').slice(0, 32)
}
