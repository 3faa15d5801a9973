import { parse } from 'lossless-json'
import { z } from 'zod'
import { optionalId } from './row.ts'

/** A field of a row as it was served, digit by digit; undefined where it says nothing that could be an id. */
export function servedField(raw: string, name: string): string | undefined {
  const row = z.looseObject({ [name]: optionalId }).safeParse(parse(raw)).data
  const value = row?.[name]
  return typeof value === 'string' ? value : undefined
}
