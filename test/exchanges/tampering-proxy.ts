import { createServer, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { SimulatedBitmart } from '../../local/simulated-bitmart/server.ts'

/** One answer on its way: what was asked, and what the simulator answered. */
export type Passing = {
  readonly path: string
  readonly params: URLSearchParams
  readonly body: string
  readonly status: number
  /** How many calls have passed, this one included. */
  readonly call: number
}

/** The body to pass on instead, or a function that answers by itself. */
export type Tamper = (passing: Passing) => string | Buffer | ((response: ServerResponse) => void)

/** A real server in front of the simulated one that changes answers as the test says. */
export async function startTamperingProxy(behind: SimulatedBitmart, tamper: Tamper) {
  let call = 0
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', behind.spotUrl)
    const sent = await buffer(request)
    const { host: _host, connection: _connection, ...headers } = request.headers
    const answer = await fetch(url, {
      method: request.method,
      headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' && name !== 'content-length' && name !== 'transfer-encoding'
          ? [[name, value]]
          : [],
      ),
      ...(sent.length > 0 && { body: sent }),
    })
    call += 1
    const params = sent.length > 0 ? new URLSearchParams(JSON.parse(sent.toString('utf8'))) : url.searchParams
    const changed = tamper({
      path: url.pathname,
      params,
      body: await answer.text(),
      status: answer.status,
      call,
    })
    if (typeof changed === 'function') changed(response)
    else
      response
        .writeHead(answer.status, {
          'content-type': 'application/json',
          date: answer.headers.get('date') ?? '',
        })
        .end(changed)
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    /** The simulator as it looks from in front of the proxy. */
    simulator: { ...behind, spotUrl: url, futuresUrl: url },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
