import { DamagedError } from '../lambdas/adapters/table.ts'
import { FailureError } from '../lambdas/domain/failure.ts'
import { RefusedError } from '../lambdas/use-cases/refusal.ts'
import { ClosedQuestionError } from './ask-line.ts'
import { type EmbeddedStore, openEmbeddedStore } from './embedded-store.ts'
import { VaultError } from './file-storage.ts'
import { InvalidInputError } from './import/invalid-input.ts'
import { say } from './layout.ts'
import { StoreFailedError, StoreNotOpenedError } from './store-errors.ts'

/** Who opens a store from the command line, and where it is told what its user should know. */
export type Caller = {
  readonly env: { readonly DATA_DIR?: string | undefined; readonly TERM?: string | undefined }
  readonly stderr: NodeJS.WriteStream
}

/** Throws `InvalidInputError`. */
export async function openStore({ env, stderr }: Caller): Promise<EmbeddedStore> {
  try {
    const store = await openEmbeddedStore({ dataDir: env.DATA_DIR || '.data' })
    for (const note of store.notes) say(stderr, env, `Note: ${note}`)
    return store
  } catch (error) {
    throw saidToUser(error)
  }
}

/** What is thrown for a store or a vault that cannot be opened; a bug stays one. */
export function saidToUser(error: unknown): unknown {
  return error instanceof StoreNotOpenedError || error instanceof VaultError
    ? new InvalidInputError(error.message, { cause: error })
    : error
}

const sentences = [InvalidInputError, RefusedError, StoreFailedError, DamagedError, VaultError]

/** The sentence for what the user can put right; undefined when it is a bug. */
export function sentenceFor(error: unknown): string | undefined {
  return error instanceof Error && sentences.some((kind) => error instanceof kind) ? error.message : undefined
}

/**
 * Whether it was the user who ended it. A disk that fails after Ctrl-C, or a bug, is told as what it is: the same command would
 * only meet it again.
 */
export function isInterruption(error: unknown, signal: AbortSignal): boolean {
  if (error instanceof ClosedQuestionError || isClosedPrompt(error)) return true
  if (!signal.aborted || !(error instanceof Error)) return false
  if (error instanceof FailureError) return error.failure.kind === 'aborted'
  // Where the exchange could be asked no more, it is refused for what was not learnt.
  return error instanceof RefusedError || error.name === 'AbortError'
}

/** What the prompt throws on Ctrl-C. */
function isClosedPrompt(error: unknown): boolean {
  return error instanceof Error && /^(Exit|Abort)PromptError$/.test(error.name)
}

/** What a program that asked for JSON reads on stdout, as the last line, where the command did not do what it should. */
export function tellProgram(
  stdout: Pick<NodeJS.WriteStream, 'write'>,
  argv: readonly string[],
  code: string,
  sentence: string,
): void {
  if (argv.includes('--json')) stdout.write(`${JSON.stringify({ error: { code, sentence } })}\n`)
}

/** What a program can decide by. */
export function codeOf(error: unknown): string {
  if (error instanceof RefusedError) return error.code
  if (error instanceof StoreFailedError) return 'store-failed'
  if (error instanceof DamagedError) return 'store-damaged'
  if (error instanceof VaultError) return 'vault-failed'
  return error instanceof InvalidInputError ? 'invalid-input' : 'bug'
}

export const bugSentence =
  'This is a bug; what was imported so far is kept. Standard error says where it happened.'

/** Where it happened, without the error's own text, which may quote a request. */
export function bugReport(error: unknown, program: 'importer' | 'exporter'): string {
  const [name, stack] = error instanceof Error ? [error.name, error.stack ?? ''] : [typeof error, '']
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return [`This is a bug of the ${program} (${name}); what was imported so far is kept.`, ...frames].join(
    '\n',
  )
}

/** What to do where files could not be written. */
export function outAdvice(code: string): string {
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? 'make room there or choose another --out'
    : 'choose another --out'
}

/** A disk that is full, a directory that may not be written. */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string'
}
