import type { SimulatedRequest } from '../../local/simulated-exchange/options.ts'

/** Said once at the start, and again whenever the parent asks. */
export type SimulatorReport = {
  readonly url: string
  /** By path, without those over the limit. */
  readonly calls: Readonly<Record<string, number>>
  /** Calls over the limit, of all paths. */
  readonly tooMany: number
}

/** Starts a simulated exchange in this process, counts what it is asked, and ends when the parent has. */
export async function serveAndCount(
  tooManyRequests: unknown,
  open: (onRequest: (request: SimulatedRequest) => void) => Promise<{ readonly url: string }>,
): Promise<void> {
  const calls: Record<string, number> = {}
  let tooMany = 0
  const { url } = await open(({ path, code, fault }) => {
    if (code === tooManyRequests && fault === undefined) tooMany += 1
    else calls[path] = (calls[path] ?? 0) + 1
  })
  const report = () => process.send?.({ url, calls, tooMany } satisfies SimulatorReport)
  process.on('message', report)
  process.on('disconnect', () => process.exit())
  report()
}
