/** A table that reads well in a terminal and in Markdown. Columns of figures are set to the right. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = heads.map((head, column) => {
    const cells = rows.map((row) => row[column] ?? '')
    return {
      width: Math.max(3, head.length, ...cells.map((cell) => cell.length)),
      figures: cells.every((cell) => /^[\d,.]+( (MB|s|ms))?$/.test(cell)),
    }
  })
  const line = (cells: readonly string[]) => {
    const padded = columns.map(({ width, figures }, column) => {
      const cell = cells[column] ?? ''
      return figures ? cell.padStart(width) : cell.padEnd(width)
    })
    return `| ${padded.join(' | ')} |`
  }
  const rule = columns.map(({ width, figures }) => `${'-'.repeat(width + 1)}${figures ? ':' : '-'}`)
  return [line(heads), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
