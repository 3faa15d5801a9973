import { spawn } from 'node:child_process'

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Shows the address in the browser of whoever sits here. Where there is none, the address that was printed has to do. */
export function openBrowser(address: string): void {
  const [program, ...words] = openers[process.platform] ?? ['xdg-open']
  const browser = spawn(program, [...words, address], { stdio: 'ignore', detached: true })
  browser.on('error', () => undefined)
  browser.unref()
}
