import { access, constants, rmdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { hostsOf } from '../../lambdas/exchanges/hosts.ts'
import { type ProxyOf, proxiesOf } from '../../lambdas/exchanges/proxies.ts'
import { makeDirectory } from '../make-directory.ts'
import { InvalidInputError } from './invalid-input.ts'

/** Addresses that the environment puts in place of the exchange's own, by host name. Throws `InvalidInputError`. */
export function readHosts(
  env: Readonly<Record<string, string | undefined>>,
  exchange: ExchangeDefinition,
): Readonly<Record<string, string>> {
  return saidToUser(() => hostsOf(env, exchange))
}

/** The proxies that the environment names. Throws `InvalidInputError`. */
export function readProxies(env: Readonly<Record<string, string | undefined>>): ProxyOf {
  return saidToUser(() => proxiesOf(env))
}

function saidToUser<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new InvalidInputError(error instanceof Error ? error.message : String(error))
  }
}

/** Throws `InvalidInputError` when files could not be written there. Tries it, and leaves nothing behind. */
export async function checkDirectory(directory: string): Promise<void> {
  let missing: string | undefined
  for (let path = resolve(directory); ; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined)
    if (found === undefined && dirname(path) !== path) {
      missing = path
      continue
    }
    const usable =
      found?.isDirectory() && (await isWritable(path)) && (await canBeMade(resolve(directory), missing))
    if (!usable) throw new InvalidInputError(`--out ${directory} is not a directory that can be written.`)
    return
  }
}

/** Some places let nobody make a directory, whatever their permissions say. `first`: the outermost that is missing. */
async function canBeMade(directory: string, first: string | undefined): Promise<boolean> {
  if (first === undefined) return true
  try {
    await makeDirectory(directory)
    return true
  } catch {
    return false
  } finally {
    for (let path = directory; ; path = dirname(path)) {
      await rmdir(path).catch(() => undefined)
      if (path === first) break
    }
  }
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
}
