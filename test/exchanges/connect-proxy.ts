import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export type Tunnel = { readonly to: string; readonly authorization: string | undefined }

/**
 * A real HTTP proxy that knows CONNECT. Whatever it is asked to connect to, it connects to `port` of this computer, or
 * answers with `refusal` instead.
 */
export async function startConnectProxy(port: () => number, refusal?: string) {
  const tunnels: Tunnel[] = []
  const sockets = new Set<Socket>()
  const server = createServer((_request, response) => response.writeHead(405).end())
  server.on('connection', (socket) => sockets.add(socket))
  server.on('connect', (request, socket) => {
    tunnels.push({ to: request.url ?? '', authorization: request.headers['proxy-authorization'] })
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`)
      return
    }
    const there = connect(port(), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      there.pipe(socket)
      socket.pipe(there)
    })
    sockets.add(there)
    for (const end of [there, socket]) {
      end.on('error', () => undefined)
      end.on('close', () => {
        there.destroy()
        socket.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    tunnels,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
