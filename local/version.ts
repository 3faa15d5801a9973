import { readFileSync } from 'node:fs'
import { z } from 'zod'

const manifest = z.object({ name: z.string(), version: z.string() })

/** What is written on the package: `exchange-history 0.1.0`. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return `exchange-history ${manifest.parse(JSON.parse(text)).version}`
}
