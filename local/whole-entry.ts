import { tableSchema } from '../lambdas/adapters/table-schema.ts'

const [partition, sort] = [tableSchema.partitionKey.name, tableSchema.sortKey.name]

type Fields = Readonly<Record<string, unknown>>

/** By these the store finds an item; an index is of items that carry both of its own. */
const keys: Readonly<Record<string, string>> = {
  [partition]: tableSchema.partitionKey.type,
  [sort]: tableSchema.sortKey.type,
  [tableSchema.dueIndex.partitionKey.name]: tableSchema.dueIndex.partitionKey.type,
  [tableSchema.dueIndex.sortKey.name]: tableSchema.dueIndex.sortKey.type,
}

/**
 * What an entry of the store holds. Undefined where it cannot be what was stored: not under its own key, where it would fail every query
 * that meets it, or show a row twice; or with a value that is not of its type. dynalite takes what it finds for what it wrote: a
 * number that is none throws where nobody catches it, and a request is never answered, or the process ends.
 */
export function wholeEntry(key: string, value: string): { readonly content: unknown } | undefined {
  const content = parsed(value)
  if (!isObject(content)) return undefined
  // What describes the table is compared with what it should say, and made anew where it says something else.
  if (!/^(item|index)-/.test(key)) return { content }
  if (!areAttributes(content) || !haveTheirTypes(content)) return undefined
  if (key.startsWith('index-')) return { content }
  return key.endsWith(`/${hexOf(content[partition])}/${hexOf(content[sort])}/`) ? { content } : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function haveTheirTypes(item: Fields): boolean {
  if (!(partition in item && sort in item)) return false
  return Object.entries(keys).every(([name, type]) => {
    const attribute = item[name]
    return attribute === undefined || (isObject(attribute) && type in attribute)
  })
}

function areAttributes(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isAttribute)
}

/** What values of attributes there are, and which texts and objects are one. No item of ours holds a set. */
const types = new Map<string, (value: unknown) => boolean>([
  ['S', (value) => typeof value === 'string'],
  ['N', isNumber],
  ['B', (value) => typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value],
  ['BOOL', (value) => typeof value === 'boolean'],
  ['NULL', (value) => value === true],
  ['L', (value) => Array.isArray(value) && value.every(isAttribute)],
  ['M', areAttributes],
])

function isAttribute(attribute: unknown): boolean {
  const [typed, more]: readonly (readonly [string, unknown])[] = isObject(attribute)
    ? Object.entries(attribute)
    : []
  return typed !== undefined && more === undefined && types.get(typed[0])?.(typed[1]) === true
}

/** As the client writes numbers, and reads them: it refuses larger ones. */
function isNumber(text: unknown): boolean {
  return (
    typeof text === 'string' &&
    /^-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/.test(text) &&
    Math.abs(Number(text)) <= Number.MAX_SAFE_INTEGER
  )
}

function hexOf(attribute: unknown): string {
  return isObject(attribute) && typeof attribute.S === 'string'
    ? Buffer.from(attribute.S).toString('hex')
    : ''
}
