/** What a system call has failed with: `ENOSPC`. Undefined for any other error, also for those to which Node gives codes of its own. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = codeOf(error)
  return code !== undefined && /^E(?!RR_)[A-Z0-9]+$/.test(code) ? code : undefined
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** A file, or a folder on the way to it. */
export function isMissing(error: unknown): boolean {
  return systemCodeOf(error) === 'ENOENT'
}
