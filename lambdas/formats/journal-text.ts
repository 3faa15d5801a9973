/**
 * Text with some characters written as `%3B` or `%u203B`, the percent sign always among them: so it is reversible
 * (by JavaScript's `unescape`), and two texts never become one. `unsafe` matches single UTF-16 units.
 */
export function escaped(text: string, unsafe: RegExp): string {
  return text.replaceAll('%', percent).replaceAll(unsafe, percent)
}

export function percent(unit: string): string {
  const code = unit.charCodeAt(0)
  const hex = (digits: number) => code.toString(16).toUpperCase().padStart(digits, '0')
  return code < 256 ? `%${hex(2)}` : `%u${hex(4)}`
}

/** Sentences as comments. Lines stay short, because ledger refuses those of more than 4,096 bytes. */
export function comments(sentences: readonly string[]): string {
  return sentences
    .flatMap((sentence) => wrapped(sentence.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim()))
    .map((line) => (line === '' ? ';\n' : `; ${line}\n`))
    .join('')
}

function wrapped(sentence: string): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of sentence.split(' ').flatMap((long) => long.match(/.{1,500}/gsu) ?? [''])) {
    if (line !== '' && line.length + word.length > 100) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
