import { parse } from 'lossless-json'
import { z } from 'zod'
import { optionalId } from './row.ts'

/** Of any names: a schema of one name would be made anew for each row, which takes longer than all else about it. */
const anyRow = z.looseObject({})

/** A field of a row as it was served, digit by digit; undefined where it says nothing that could be an id. */
export function servedField(raw: string, name: string): string | undefined {
  const value = optionalId.safeParse(anyRow.safeParse(parse(raw)).data?.[name]).data
  return typeof value === 'string' ? value : undefined
}
