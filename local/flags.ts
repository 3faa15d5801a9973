import { parseArgs } from 'node:util'
import { textProblem } from '../lambdas/use-cases/submission.ts'
import { InvalidInputError } from './import/invalid-input.ts'

/** One option of a command. `value` names what it takes; a directory is called DIR, a file FILE. */
export type Flag = { readonly name: string; readonly value?: string; readonly about: string }

const longestName = 100
const longestPath = 1_000

/**
 * The flags that were given, with their values. What belongs to no flag is added to `words`, and refused where nobody
 * asks for them. Throws `InvalidInputError`.
 */
export function readFlags(
  flags: readonly Flag[],
  argv: readonly string[],
  words?: string[],
): ReadonlyMap<string, string> {
  const options = Object.fromEntries(
    flags.map(({ name, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      const problem =
        words === undefined ? 'belongs to no option' : textProblem(token.value.trim(), longestName)
      if (problem !== undefined)
        throw new InvalidInputError(
          words === undefined
            ? `${quoted(token.value)} ${problem}: --help lists them.`
            : `A name ${problem}: ${quoted(token.value)}.`,
        )
      words?.push(token.value.trim())
      continue
    }
    const flag = flags.find(({ name }) => name === token.name)
    if (flag === undefined)
      throw new InvalidInputError(`There is no option ${quoted(token.rawName)}: --help lists them.`)
    const problem = given.has(flag.name) ? 'is given twice' : valueProblem(flag, token.value)
    if (problem !== undefined) throw new InvalidInputError(`--${flag.name} ${problem}.`)
    given.set(flag.name, token.value ?? '')
  }
  return given
}

function valueProblem(flag: Flag, value: string | undefined): string | undefined {
  if (flag.value === undefined) return value === undefined ? undefined : 'takes no value'
  if (value === undefined || value.startsWith('--')) return `needs a value: --${flag.name} ${flag.value}`
  return textProblem(value.trim(), flag.value === 'DIR' || flag.value === 'FILE' ? longestPath : longestName)
}

/** What a user typed, on one line and short enough for a sentence. */
function quoted(text: string): string {
  const line = text.replaceAll(/\p{Control}/gu, '?')
  return `“${line.length > 40 ? `${line.slice(0, 40)}…` : line}”`
}

/** Flags for a help text. */
export function flagLines(flags: readonly Flag[]): readonly { left: string; about: string }[] {
  return flags.map(({ name, value, about }) => ({ left: `--${name}${value ? ` ${value}` : ''}`, about }))
}

/** Two columns of a help text. */
export function columns(lines: readonly { left: string; about: string }[]): readonly string[] {
  const width = Math.max(...lines.map(({ left }) => left.length))
  return lines.map(({ left, about }) => `  ${left.padEnd(width)}  ${about}`)
}
