import { access } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Duplex, Readable } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import { every } from 'hono/combine'
import { compress } from 'hono/compress'
import { createApp } from '../lambdas/api/app.ts'
import { problemDetails, problemResponse, problemType } from '../lambdas/api/problem.ts'
import { routes } from '../lambdas/api/routes.ts'
import { listed } from '../lambdas/domain/coverage-words.ts'
import { isId, nameOf } from '../lambdas/use-cases/find-connection.ts'
import type { ExportRole } from '../lambdas/use-cases/write-export.ts'
import { compose, exportPaths, type Surroundings } from './compose.ts'
import { consolePages } from './console-pages.ts'
import { type EmbeddedStore, openEmbeddedStore } from './embedded-store.ts'
import { fileStorage } from './file-storage.ts'
import { localUser } from './identity.ts'
import { InvalidInputError } from './import/invalid-input.ts'
import { ownPagesOnly } from './own-pages-only.ts'
import { forgetServedAt, sayServedAt } from './served-at.ts'
import { statementsDirectory } from './statement-objects.ts'
import { isUpload, takeUpload, uploadLimit, uploadPath } from './statement-uploads.ts'
import { saidToUser } from './terminal.ts'

export type ServerOptions = Omit<
  Surroundings,
  'table' | 'secrets' | 'address' | 'exportsDir' | 'statementsDir'
> & {
  readonly dataDir: string
  /** 0: any free one. */
  readonly port: number
  /** Encrypts the vault. */
  readonly passphrase?: string
}

export type LocalServer = {
  readonly address: string
  readonly vaultPath: string
  /** What its user should know, in sentences. */
  readonly notes: readonly string[]
  /** Stops answering, ends the syncs where they are, and closes the store. */
  close(): Promise<void>
}

const host = '127.0.0.1'

/** The whole product in this process, for the one user of this computer. Throws `InvalidInputError`. */
export async function startServer(options: ServerOptions): Promise<LocalServer> {
  const vaultPath = join(options.dataDir, 'vault.json')
  const secrets = fileStorage(vaultPath, options.passphrase)
  const store = await openEmbeddedStore({ dataDir: options.dataDir }).catch(tellUser)
  try {
    // A wrong passphrase is better heard of now than at night.
    await secrets.open().catch(tellUser)
    let address = ''
    const home = compose({
      ...options,
      table: store.table,
      secrets,
      exportsDir: join(options.dataDir, 'exports'),
      statementsDir: statementsDirectory(options.dataDir),
      address: () => address,
    })
    const server = await serve(options, store, home, vaultPath, await consolePages())
    address = server.address
    await sayServedAt(options.dataDir, address)
    return server
  } catch (error) {
    await store.close()
    throw error
  }
}

async function serve(
  options: ServerOptions,
  store: EmbeddedStore,
  home: ReturnType<typeof compose>,
  vaultPath: string,
  pages: ReadonlyMap<string, () => Response>,
): Promise<LocalServer> {
  const app = createApp({
    pages,
    routes,
    ports: home.ports,
    log: options.log,
    user: () => localUser,
    isUpload,
    admit: every(ownPagesOnly, compress()),
  })
  for (const role of ['history', 'statement', 'statement-json'] as const)
    app.get(`/v1/exports/:id/${exportPaths[role]}`, async (context) =>
      download(home, context.req.param('id'), role),
    )
  app.put(uploadPath, uploadLimit, (context) => takeUpload(home.ports, context.req.param('id'), context))
  const due = await home.recover()
  const server = createAdaptorServer({ fetch: app.fetch })
  server.on('clientError', answerUnreadable)
  const port = await listen(server, options.port)
  const stopping = new AbortController()
  const scheduled = home.schedule(stopping.signal)
  await home.sync(due)

  return {
    address: `http://${host}:${port}`,
    vaultPath,
    notes: [...store.notes, ...(await missingKeys(home, vaultPath))],
    close: async () => {
      stopping.abort()
      const closed = new Promise((resolve) => server.close(resolve))
      // Whoever is being answered gets a moment; an idle connection would hold on for as long as it likes.
      const impatient = setTimeout(
        () => 'closeAllConnections' in server && server.closeAllConnections(),
        3_000,
      )
      if ('closeIdleConnections' in server) server.closeIdleConnections()
      await closed
      clearTimeout(impatient)
      await home.close()
      await scheduled
      await forgetServedAt(options.dataDir)
      await store.close()
    },
  }
}

/** Connections whose keys should be in a vault that is not there: nobody else would say before the next sync. */
async function missingKeys(
  { ports }: ReturnType<typeof compose>,
  vaultPath: string,
): Promise<readonly string[]> {
  const keyed = (await ports.connections.list(localUser)).filter(({ vaultRef }) => vaultRef !== undefined)
  const isThere = await access(vaultPath).then(
    () => true,
    () => false,
  )
  if (isThere || keyed.length === 0) return []
  return [
    `The vault ${vaultPath} is missing, and with it the key of ${listed(keyed.map(nameOf))}: put the file back and ` +
      'start again, or replace the key. The history stays, and the exchange is not asked.',
  ]
}

/** What Node cannot read as a request never reaches the app, and would be answered without a word. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const problem = problemDetails(
    'invalid-request',
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'The address and the headers of a request may have 16 KB in all: shorten the address.'
      : 'This is not an HTTP request: /docs describes what is answered here.',
  )
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} Bad Request`,
    'connection: close',
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  socket.end([...head, '', body].join('\r\n'))
}

/** What the cloud does by links that open a file in its bucket. */
async function download(home: ReturnType<typeof compose>, id: string, role: ExportRole): Promise<Response> {
  const file = isId(id) ? await home.openExport(id, role) : undefined
  if (file === undefined)
    return problemResponse(
      problemDetails('not-found', 'There is no such file: GET /v1/exports/{id} tells what there is.'),
    )
  return new Response(Readable.toWeb(file.stream), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${file.name}"`,
    },
  })
}

function listen(server: ReturnType<typeof createAdaptorServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new InvalidInputError(whyNotListening(error, port))))
    server.listen(port, host, () => {
      const address: AddressInfo | string | null = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function whyNotListening(error: Error, port: number): string {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use by another program: stop it, or set PORT to another one (0 takes any that is free).`
  return `Port ${port} cannot be used (${String(code)}): set PORT to another one (0 takes any that is free).`
}

function tellUser(error: unknown): never {
  throw saidToUser(error)
}
