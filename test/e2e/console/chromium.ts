import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const program = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))

/** Where the gate runs there has to be one; elsewhere what needs it is skipped, and says so. */
export const isMissing = program === undefined && process.env.CI === undefined

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--enable-precise-memory-info', '--js-flags=--expose-gc'],
  })
}
