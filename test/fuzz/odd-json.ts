import fc from 'fast-check'

/** Text that somebody will trip over: signs of keys, halves of characters, zero width, other directions, controls. */
export const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('#', '|', '%', '\ud800', '\udc00', '\u0000', '🙂', 'é', '\u202e', '$'),
    maxLength: 9,
  }),
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'null',
    'NaN',
    '-0',
    '1e400',
    '0x10',
    '../../etc/passwd',
    '%00',
    '\u2028',
    '\ufeff1',
    '１２３',
    '<script>alert(1)</script>',
    "' OR 1=1 --",
    '{{7*7}}',
    'x'.repeat(129),
    '漢'.repeat(128),
    '#'.repeat(128),
    'x'.repeat(1_025),
    'x'.repeat(5_000),
  ),
)

/** Literals as other languages write them: more digits, other notations, far too large. */
const oddNumber = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
  fc.constantFrom(
    '-0',
    '0.0',
    '1e400',
    '1E-400',
    '1.50',
    '123456789012345678',
    '1e9999',
    '0e0',
    '1700000000000',
    '1700000000',
    '1700000000000000',
  ),
)

/** JSON text of any shape, keys that mean something to JavaScript included. */
export const oddJson: fc.Arbitrary<string> = fc.letrec<{ any: string; list: string; object: string }>(
  (tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('null', 'true', 'false', '[]', '{}', '""'),
      oddText.map((text) => JSON.stringify(text)),
      oddNumber,
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('any'), { maxLength: 4 }).map((parts) => `[${parts.join(',')}]`),
    object: fc
      .array(fc.tuple(oddText, tie('any')), { maxLength: 4 })
      .map((fields) => `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  }),
).any

/** The same JSON text, often with some values replaced by others, some taken away and some put beside. */
export function mutated(sample: unknown): fc.Arbitrary<string> {
  const write = (
    value: unknown,
    path: string,
    changes: ReadonlyMap<string, string | undefined>,
  ): string | undefined => {
    if (changes.has(path)) return changes.get(path)
    if (Array.isArray(value))
      return `[${value.flatMap((part, index) => write(part, `${path}/${index}`, changes) ?? []).join(',')}]`
    if (typeof value === 'object' && value !== null) {
      const fields = Object.entries(value).flatMap(([name, part]) => {
        const text = write(part, `${path}/${name}`, changes)
        return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`]
      })
      return `{${[...fields, ...(changes.has(`${path}/+`) ? [changes.get(`${path}/+`)] : [])].join(',')}}`
    }
    return JSON.stringify(value)
  }
  const extra = fc.tuple(oddText, oddJson).map(([name, value]) => `${JSON.stringify(name)}:${value}`)
  const change = fc.oneof(
    fc.tuple(fc.constantFrom(...paths(sample)), fc.option(oddJson, { nil: undefined, freq: 8 })),
    fc.tuple(fc.constantFrom(...objects(sample).map((path) => `${path}/+`)), extra),
  )
  return fc
    .array(change, { maxLength: 3 })
    .map((changes) => write(sample, '', new Map<string, string | undefined>(changes)) ?? 'null')
}

function paths(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([name, part]) => paths(part, `${path}/${name}`))]
}

function objects(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([name, part]) => objects(part, `${path}/${name}`))
  return Array.isArray(value) ? inside : [path, ...inside]
}
