// dynalite has no types. This is its server, as an emulator of DynamoDB over HTTP.

declare module 'dynalite' {
  import type { Server } from 'node:http'

  function dynalite(options?: { readonly createTableMs?: number }): Server
  export = dynalite
}
