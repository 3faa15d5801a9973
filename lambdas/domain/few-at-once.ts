/**
 * Works through a list, at most so many at a time, and gives the results in the order of the list: what is under way takes memory, and a
 * page may have a thousand rows. After a failure nothing new is begun, and it throws when all is quiet.
 */
export async function fewAtOnce<T, R>(
  list: Iterable<T>,
  most: number,
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  const left = [...list].entries()
  let isStopped = false
  const workers = Array.from({ length: most }, async () => {
    for (const [place, one] of left) {
      if (isStopped) return
      try {
        results[place] = await work(one)
      } catch (error) {
        isStopped = true
        throw error
      }
    }
  })
  for (const outcome of await Promise.allSettled(workers))
    if (outcome.status === 'rejected') throw outcome.reason
  return results
}
