import type { Layout } from './layout.ts'
import { type DecimalSign, isNothing, openDecimalSign } from './number-text.ts'
import { numberFields } from './row.ts'
import type { CellLine } from './table-of-cells.ts'
import { type DateOrder, openDateOrder, parseTime } from './time-text.ts'

/** What all cells of a table tell together, before any of them is read. */
export type Survey = {
  readonly dateOrder: DateOrder
  readonly signs: ReadonlyMap<string, DecimalSign>
  /** Milliseconds that the times tell apart. */
  readonly unit: number
  /** Whether the times say themselves of which clock they are. */
  readonly isInstant: boolean
  /** Columns whose ids a spreadsheet has rounded, so that they are ids no more. */
  readonly lostIds: ReadonlySet<string>
}

/** What only its owner can tell. */
export type Doubt =
  | { readonly about: 'date-order'; readonly cells: readonly string[] }
  | { readonly about: 'decimal-sign'; readonly column: string; readonly cells: readonly string[] }

export type Chosen = {
  readonly dateOrder?: DateOrder
  readonly decimalSigns?: Readonly<Record<string, DecimalSign>>
}

/** Looks at every line of a table once. */
export function openSurvey(layout: Layout, names: readonly string[], chosen: Chosen) {
  const place = (column: string | undefined) => (column === undefined ? -1 : names.indexOf(column))
  const times = [place(layout.time), place(layout.openTime)].filter((index) => index >= 0)
  const columns = numberFields.flatMap((field) => {
    const index = place(layout.columns[field])
    return index < 0 ? [] : [{ name: names[index] ?? '', index, sign: openDecimalSign() }]
  })
  const ids = (['orderId', 'tradeId'] as const).flatMap((field) => {
    const index = place(layout.columns[field])
    return index < 0 ? [] : [{ name: names[index] ?? '', index, ids: openIds() }]
  })
  const order = openDateOrder()
  const units = new Set<number>()
  let instants = 0
  return {
    see({ cells, numbers: held }: CellLine): void {
      for (const index of times) {
        const cell = cells[index] ?? ''
        order.see(cell)
        const time = parseTime(cell, 'day-first') ?? parseTime(cell, 'month-first')
        if (time === undefined) continue
        units.add(time.unit)
        if (time.isInstant) instants += 1
      }
      // A workbook writes its numbers with a point.
      for (const { index, sign } of columns) if (held?.has(index) !== true) sign.see(cells[index] ?? '')
      for (const column of ids) column.ids.see(cells[column.index] ?? '', held?.has(column.index) === true)
    },
    result(): { readonly survey: Survey; readonly doubts: readonly Doubt[] } {
      const doubts: Doubt[] = []
      const found = order.result()
      const dateOrder = layout.dateOrder ?? chosen.dateOrder ?? ('order' in found ? found.order : undefined)
      if (dateOrder === undefined && 'doubtful' in found)
        doubts.push({ about: 'date-order', cells: found.doubtful })
      const signs = new Map<string, DecimalSign>()
      for (const { name, sign } of columns) {
        const told = sign.result()
        const known =
          layout.decimalSign ?? chosen.decimalSigns?.[name] ?? ('sign' in told ? told.sign : undefined)
        if (known !== undefined) signs.set(name, known)
        else if ('doubtful' in told)
          doubts.push({ about: 'decimal-sign', column: name, cells: told.doubtful })
      }
      const survey = {
        dateOrder: dateOrder ?? 'day-first',
        signs,
        unit: layout.unit ?? (units.size === 0 ? 1_000 : Math.min(...units)),
        isInstant: instants > 0,
        lostIds: new Set(ids.flatMap((column) => (column.ids.areLost() ? [column.name] : []))),
      }
      return { survey, doubts }
    },
  }
}

/** A spreadsheet keeps fifteen digits of a number, and shows long ones as `1.5E+18`. */
function openIds() {
  let long = 0
  let round = 0
  let isLost = false
  return {
    see(cell: string, isNumber: boolean): void {
      if (isNothing(cell)) return
      if (/^\d+([.,]\d+)?[eE]\+?\d+$/.test(cell)) isLost = true
      if (!/^\d{16,}$/.test(cell)) return
      if (isNumber) isLost = true
      long += 1
      if (/^0+$/.test(cell.slice(15))) round += 1
    },
    /** Ids that end in zeros by chance are not all of them. */
    areLost: () => isLost || (long > 0 && round === long),
  }
}
