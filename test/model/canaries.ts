import { inspect } from 'node:util'

/** The ways in which a secret could be written down and still be one. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    // Without its ends, which depend on what is around it.
    ...[0, 1, 2].map((before) =>
      Buffer.concat([Buffer.alloc(before), bytes])
        .toString('base64')
        .slice(4, -4),
    ),
  ]
}

/** Tells which of the planted secrets can be found in anything: a text, an object, an error with all it carries. */
export function canaryWatch(secrets: readonly string[]) {
  const known = secrets.flatMap((secret) =>
    [...new Set(spellings(secret))].map((spelling) => [spelling, secret] as const),
  )
  return (value: unknown): string | undefined => {
    const text =
      typeof value === 'string'
        ? value
        : inspect(value, { depth: 20, maxStringLength: null, showHidden: true })
    return known.find(([spelling]) => text.includes(spelling))?.[1]
  }
}
