/** The characters of a cli-table3 without lines. */
export const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** Without the blanks that fill up the last column. */
export function unpadded(table: string): string {
  return table.replaceAll(/ +$/gm, '')
}
