import { createInterface } from 'node:readline/promises'

type Terminal = { readonly stdin: NodeJS.ReadStream; readonly signal: AbortSignal }

/** Nobody answered: Ctrl-C, Ctrl-D. */
export class ClosedQuestionError extends Error {}

/** One line that somebody types as the answer to a question. Throws `ClosedQuestionError`. */
export async function askLine(
  { stdin, signal }: Terminal,
  screen: NodeJS.WriteStream,
  question: string,
): Promise<string> {
  const terminal = createInterface({ input: stdin, output: screen })
  const stopping = new AbortController()
  const closed = () => stopping.abort()
  // Ctrl-C and Ctrl-D both close it without an answer.
  terminal.once('close', closed)
  signal.addEventListener('abort', closed)
  try {
    return (await terminal.question(question, { signal: stopping.signal })).trim()
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    screen.write('\n')
    throw new ClosedQuestionError()
  } finally {
    signal.removeEventListener('abort', closed)
    terminal.off('close', closed)
    terminal.close()
  }
}
