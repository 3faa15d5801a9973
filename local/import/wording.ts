/** `12,345` */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `12,345 fills`, `1 fill` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** Milliseconds as `< 1 s`, `8 s`, `1 min 5 s`, `2 h 3 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000)
  if (seconds < 1) return '< 1 s'
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** How many of them only statement files tell, behind a number of transactions. */
export function ofFiles(fromFiles = 0): string {
  return fromFiles === 0 ? '' : `, ${count(fromFiles)} of them from statement files alone`
}
