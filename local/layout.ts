import Table from 'cli-table3'
import { bare, unpadded } from './import/plain-table.ts'

type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>

/** What a terminal has that says nothing of its columns, or that it has none. */
const usualColumns = 80

/** Columns of the terminal; undefined where there is none. */
export function widthOf(screen: Terminal, env: { readonly TERM?: string | undefined }): number | undefined {
  return screen.isTTY === true && env.TERM !== 'dumb' ? screen.columns || usualColumns : undefined
}

/** Writes a sentence, in lines of whole words where it goes to a terminal. */
export function say(screen: Terminal, env: { readonly TERM?: string | undefined }, sentence: string): void {
  screen.write(`${wrapped(sentence, widthOf(screen, env)).join('\n')}\n`)
}

export type Pair = readonly [name: string, text: string]

/** A text beside its name needs at least this much to be read with ease. */
const leastText = 28

/**
 * Two columns; the second one wraps at the edge of the terminal, and stands below the first where that is too wide.
 * `width`: columns of the terminal, undefined where there is none.
 */
export function pairs(lines: readonly Pair[], width: number | undefined): string {
  const left = Math.max(...lines.map(([name]) => name.length)) + 4
  if (width !== undefined && width - left - 1 < leastText)
    return lines
      .flatMap(([name, text]) => [
        ...(name === '' ? [] : wrapped(`  ${name}`, width)),
        ...wrapped(text, width, '    '),
      ])
      .join('\n')
  const table = new Table({
    chars: { ...bare, middle: '' },
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
    ...(width !== undefined && { colWidths: [left, width - left - 1], wordWrap: true }),
  })
  for (const [name, text] of lines) table.push([name, text])
  return unpadded(table.toString())
}

/** Lines of whole words, as long as the terminal is wide; each begins with `indent`. */
export function wrapped(text: string, width: number | undefined, indent = ''): readonly string[] {
  if (width === undefined) return [indent + text]
  const [, begin = '', rest = ''] = /^( *)(.*)$/s.exec(text) ?? []
  const lines: string[] = []
  let line = indent + begin
  let empty = true
  for (const word of rest.split(' ')) {
    const longer = empty ? line + word : `${line} ${word}`
    if (!empty && [...longer].length > width) {
      lines.push(line)
      line = indent + begin + word
    } else line = longer
    empty = false
  }
  return [...lines, line]
}
