import { buildConsole, type ConsoleFile } from '../web/build.ts'
import { consoleHeaders, immutableCaching } from '../web/headers.ts'

/** The console as this computer serves it, by address; nobody signs in here. Built anew, which takes a moment. */
export async function consolePages(): Promise<ReadonlyMap<string, () => Response>> {
  const files = await buildConsole()
  return new Map([
    ...files.map((file) => [file.path, () => answer(file)] as const),
    ['/console.json', () => answer(settings)],
  ])
}

const settings: ConsoleFile = {
  path: '/console.json',
  contentType: 'application/json',
  body: new TextEncoder().encode(JSON.stringify({ signIn: null })),
  isImmutable: false,
}

const headers = consoleHeaders()

function answer({ body, contentType, isImmutable }: ConsoleFile): Response {
  return new Response(new Uint8Array(body), {
    headers: {
      ...headers,
      'content-type': contentType,
      'cache-control': isImmutable ? immutableCaching : 'no-store',
    },
  })
}
