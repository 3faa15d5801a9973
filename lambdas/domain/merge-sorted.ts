/** Sorted sequences as one, each read only as far as it is asked for. Of equals, that of the earlier sequence comes first. */
export async function* mergeSorted<T>(
  sequences: readonly AsyncGenerator<T>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T> {
  try {
    const heads = await Promise.all(sequences.map((sequence) => sequence.next()))
    for (;;) {
      let least: { readonly place: number; readonly value: T } | undefined
      for (const [place, head] of heads.entries()) {
        if (head.done) continue
        if (least === undefined || compare(head.value, least.value) < 0) least = { place, value: head.value }
      }
      const sequence = least === undefined ? undefined : sequences[least.place]
      if (least === undefined || sequence === undefined) return
      yield least.value
      heads[least.place] = await sequence.next()
    }
  } finally {
    await Promise.all(sequences.map((sequence) => sequence.return(undefined)))
  }
}
