import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { tokenOf } from './gateway.ts'
import type { World } from './world.ts'

/** The gateway of a world at an address of its own, for programs that come by HTTP. It knows these users by their tokens. */
export async function openDoor({ request }: World, users: readonly string[]) {
  const server = createServer((incoming, outgoing) => {
    const answer = async () => {
      const { method = 'GET', url = '/', headers } = incoming
      const user = users.find((one) => headers.authorization === `Bearer ${tokenOf(one)}`)
      const body = await text(incoming)
      const response = await request({
        method,
        path: url,
        ...(user !== undefined && { user }),
        ...(body !== '' && { body }),
      })
      outgoing.writeHead(response.status, Object.fromEntries(response.headers))
      outgoing.end(Buffer.from(await response.arrayBuffer()))
    }
    answer().catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
