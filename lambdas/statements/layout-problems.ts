import { z } from 'zod'
import { type Layout, layoutSchema } from './layout.ts'

/** What is wrong with a layout that somebody wrote by hand: a sentence each, which says what may stand there. */
export function layoutProblems(error: z.ZodError<Layout>, written: unknown): readonly string[] {
  return error.issues.map((issue) => {
    const place = issue.path.map(String).join('.')
    if (issue.code === 'unrecognized_keys')
      return unknownKeys(place, issue.keys, keysAt(layoutSchema, issue.path))
    const found = valueAt(written, issue.path)
    if (found === undefined) return `${place} is missing${requirement(issue)}.`
    return `${place === '' ? 'It' : place} ${rule(issue)}.`
  })
}

function unknownKeys(place: string, keys: readonly string[], known: readonly string[]): string {
  const names = keys.map((key) => `“${key.slice(0, 40)}”`).join(', ')
  const hints = keys.flatMap((key) => (place === 'columns' ? (elsewhere[key] ?? []) : []))
  return [
    `${place === '' ? 'Nothing' : `Nothing in ${place}`} is called ${names}: what may stand there is ${known.join(', ')}.`,
    ...hints,
  ].join(' ')
}

/** What is looked for among the columns, and stands elsewhere. */
const elsewhere: Readonly<Record<string, string>> = {
  time: 'The column of the time is named by time, beside columns.',
  side: 'The column of the side is named under words, with what its words mean.',
}

function requirement(issue: z.core.$ZodIssue): string {
  const what = issue.path.at(-1)
  if (what === 'time') return ': the heading of the column that has the time'
  return issue.code === 'invalid_value' ? `: one of ${issue.values.map(String).join(', ')}` : ''
}

function rule(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? `of type ${issue.expected}`}`
    case 'too_small':
      return 'must not be so short or small'
    case 'too_big':
      return 'must not be so long or large'
    default:
      return 'is not as it should be'
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list: […]',
  object: 'an object: {…}',
  record: 'an object: {…}',
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? Object.getOwnPropertyDescriptor(inner, key)?.value
        : undefined,
    value,
  )
}

/** The names that may stand where a path leads. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  const bare = unwrapped(schema)
  const [key, ...rest] = path
  if (bare instanceof z.ZodObject)
    return key === undefined ? Object.keys(bare.shape) : keysAt(bare.shape[String(key)], rest)
  if (bare instanceof z.ZodRecord) {
    if (key !== undefined) return keysAt(bare.valueType, rest)
    return bare.keyType instanceof z.ZodEnum ? bare.keyType.options.map(String) : []
  }
  return bare instanceof z.ZodArray ? keysAt(bare.element, rest) : []
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
    ? unwrapped(schema.unwrap())
    : schema
}
