import type { z } from 'zod'
import { text } from './row.ts'

const isoWithOffset =
  /^(?<day>\d{4}-\d{2}-\d{2})[T ](?<time>\d{2}:\d{2}:\d{2})(?<fraction>\.\d{1,9})?(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})$/

const withoutOffset = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?$/

/** The clock of the houses that write times without an offset, BingX and Bitrue. */
const houseOffset = '+0800'

/**
 * Epoch milliseconds of a time that names its offset: `2023-12-18T09:05:06.000+0800`. One that ends in `Z` is refused: BingX
 * writes `Z` behind times of its own clock too (`filledTm`), and which of the two it is cannot be told.
 */
export const offsetTime = text.transform(timeOf)

/** The same, where the offset may be left out: `2019-10-12 11:12:02` is told by the clock of the house. */
export const houseTime = text
  .transform((value) => (withoutOffset.test(value) ? value + houseOffset : value))
  .transform(timeOf)

function timeOf(value: string, context: z.RefinementCtx): number {
  const time = epochOf(value)
  if (time === undefined) context.addIssue({ code: 'custom', message: 'a time with its offset' })
  return time ?? 0
}

function epochOf(value: string): number | undefined {
  const groups = isoWithOffset.exec(value)?.groups
  if (groups === undefined) return undefined
  const { day, time, fraction = '', sign, hours, minutes } = groups
  const epoch = Date.parse(`${day}T${time}${fraction.slice(0, 4)}${sign}${hours}:${minutes}`)
  // What is outside of it would be written with another number of digits.
  return epoch >= 1e12 && epoch < 1e13 ? epoch : undefined
}
