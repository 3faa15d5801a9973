/**
 * The payload within the text of a transaction's answer, letter by letter. It comes last, and no text before it can hold its name
 * between quotes that are not escaped.
 */
export function rawOf(answer: string): string {
  const begin = answer.indexOf(',"raw":')
  return begin < 0 ? '' : answer.slice(begin + ',"raw":'.length, -1)
}

/** JSON text with line breaks and indents. Its tokens stay as they are: to parse and print it would round numbers. */
export function indented(json: string): string {
  let depth = 0
  let text = ''
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
    if (token === '}' || token === ']') depth -= 1
    const isEmpty = (token === '}' && text.endsWith('{\n')) || (token === ']' && text.endsWith('[\n'))
    if (isEmpty) text = text.slice(0, -1)
    else if (token === '}' || token === ']') text += `\n${'  '.repeat(depth)}`
    else if (text.endsWith('\n')) text += '  '.repeat(depth)
    text += token === ':' ? ': ' : token
    if (token === '{' || token === '[') depth += 1
    if (token === '{' || token === '[' || token === ',') text += '\n'
  }
  return text
}
