import { withoutClock } from './known-format.ts'
import { type Layout, layoutSchema } from './layout.ts'

/** What the header of a table is remembered by, and its columns as they stand in the file. */
export type NamedHeader = { readonly signature: string; readonly columns: readonly string[] }

/** Every column that a layout names. */
function columnsNamed({ time, openTime, owner, columns, words, leftOut, sides }: Layout): readonly string[] {
  const named = [
    time,
    openTime,
    owner,
    ...Object.values(columns),
    ...words.map(({ column }) => column),
    ...leftOut.map(({ column }) => column),
    ...(sides === undefined
      ? []
      : [sides.sent, sides.sentCoin, sides.received, sides.receivedCoin, sides.label]),
  ]
  return [...new Set(named.filter((column) => column !== undefined))]
}

/** A layout whose columns are called as the headings of one file call them: these may name a clock, and another file another one. */
export function inHeadings(layout: Layout, headings: readonly string[]): Layout {
  const plain = headings.map(plainOf)
  const rename = <Name extends string | undefined>(name: Name) =>
    name === undefined || headings.includes(name) ? name : (headings[plain.indexOf(plainOf(name))] ?? name)
  const { sides } = layout
  return layoutSchema.parse({
    ...layout,
    time: rename(layout.time),
    openTime: rename(layout.openTime),
    owner: rename(layout.owner),
    columns: Object.fromEntries(Object.entries(layout.columns).map(([field, name]) => [field, rename(name)])),
    words: layout.words.map((one) => ({ ...one, column: rename(one.column) })),
    leftOut: layout.leftOut.map((one) => ({ ...one, column: rename(one.column) })),
    ...(sides !== undefined && {
      sides: {
        ...sides,
        sent: rename(sides.sent),
        sentCoin: rename(sides.sentCoin),
        received: rename(sides.received),
        receivedCoin: rename(sides.receivedCoin),
        label: rename(sides.label),
      },
    }),
  })
}

/** The columns that a layout names and a file does not have. */
export function columnsMissing(layout: Layout, headings: readonly string[]): readonly string[] {
  return columnsNamed(inHeadings(layout, headings)).filter((column) => !headings.includes(column))
}

function plainOf(heading: string): string {
  return withoutClock([heading]).plain[0] ?? heading
}
