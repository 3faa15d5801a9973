/** What may be said of an error that quotes what is secret: its name, as far as it looks like one. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const system = 'code' in error ? error.code : undefined
  const code = typeof system === 'string' ? system : error.name
  return /^[A-Za-z]{1,60}$/.test(code) ? code : 'unknown error'
}
