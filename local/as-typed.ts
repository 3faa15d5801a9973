/** As a shell takes it for one word: what is printed can be pasted. */
export function asTyped(word: string): string {
  return /^[\w./:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
