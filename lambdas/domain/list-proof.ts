/** Whether a page of so many rows may have left rows out: it is as long as some source says that pages end. */
export function mayBeCut(served: number, pageSizes: readonly number[]): boolean {
  return served >= Math.max(1, ...pageSizes) || pageSizes.includes(served)
}
