import { servedAt } from './served-at.ts'
import { codeOf, systemCodeOf } from './system-code.ts'

/** The store cannot be opened. Its message is a sentence for the user that names the folder. */
export class StoreNotOpenedError extends Error {}

/** Another process has the store open. */
export class StoreInUseError extends StoreNotOpenedError {}

/** An open store whose disk is full, or does not work, or whose files are damaged. Its message is a sentence for the user that names the folder. */
export class StoreFailedError extends Error {
  override readonly name = 'StoreFailedError'
}

/**
 * What became of a request. An error that neither the system nor LevelDB has given a code tells nothing of disks: it is a bug, and
 * stays what it is, with the place where it happened.
 */
export function whyItFailed(dataDir: string, error: unknown): unknown {
  if (isDamage(error))
    return new StoreFailedError(
      `A file of the store in ${dataDir} is damaged${because(error)}: run the same command again, which looks through all of ` +
        'them first, and keeps what can be read. What is missing then is asked for again.',
      { cause: error },
    )
  if (diskCodeOf(error) === undefined) return error
  return new StoreFailedError(
    `The store in ${dataDir} could not be read or written${because(error)}: make room on its disk, or set DATA_DIR to a folder ` +
      'on another one, and run the same command again. What was stored before is kept.',
    { cause: error },
  )
}

/** The same of one that was to be opened. Where nobody knows why, it is a bug, as above. */
export async function whyNotOpened(dataDir: string, error: unknown): Promise<unknown> {
  const cause = causeOf(error)
  if (error instanceof StoreNotOpenedError) return error
  if (isHeld(cause)) return new StoreInUseError(inUse(dataDir, await servedAt(dataDir)))
  const isRefused = codeOf(error) === 'LEVEL_DATABASE_NOT_OPEN' && diskCodeOf(cause) === undefined
  if (isDamage(cause) || isRefused)
    return new StoreNotOpenedError(damaged(dataDir, because(cause)), { cause })
  if (diskCodeOf(cause) === undefined) return error
  return new StoreNotOpenedError(
    `The store in ${dataDir} cannot be opened${because(cause)}: see that its disk has room and works, and that you may read and ` +
      'write all files in it, and run the same command again.',
    { cause },
  )
}

/** Damaged files were found, and what can be read of them could not be put into new ones. */
export async function whyNotRebuilt(dataDir: string, error: unknown): Promise<unknown> {
  const cause = causeOf(error)
  if (isHeld(cause) || diskCodeOf(cause) === undefined) return whyNotOpened(dataDir, error)
  return new StoreNotOpenedError(
    `Files of the store in ${dataDir} are damaged, and putting what can be read of them into new ones failed${because(cause)}: make ` +
      'room on its disk, see that you may read and write all files in it, and run the same command again. Nothing that is stored is lost.',
    { cause },
  )
}

export function damaged(dataDir: string, why: string): string {
  return (
    `The store in ${dataDir} cannot be opened${why} and seems damaged: ` +
    'restore it from a copy. Without one, move it away, keep it, and import again: what the exchange serves no more is ' +
    'then only there, and in what was exported.'
  )
}

function inUse(dataDir: string, address: string | undefined): string {
  return address === undefined
    ? `The store in ${dataDir} is in use by another process (an import, perhaps): wait until it has ended, ` +
        'or stop it, and run the same command again.'
    : `The store in ${dataDir} is open in the server at ${address}: ${address}/docs shows how to import, to look and to ` +
        'export there. Or stop it (Ctrl-C in its terminal), and run the same command again.'
}

/** Windows lets nobody read what LevelDB has open for writing. */
function isHeld(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'LEVEL_LOCKED' || code === 'EBUSY'
}

/** Whether LevelDB says that its files are not what it wrote, or dynalite that what they hold is no JSON. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'LEVEL_CORRUPTION' || code === 'LEVEL_DECODE_ERROR'
}

/** The code of a system error in brackets: its message may be long, and says little to most. */
export function because(error: unknown): string {
  const code = codeOf(error)
  return code === undefined ? '' : ` (${code})`
}

/** LevelDB has one code for all that system calls fail with. */
function diskCodeOf(error: unknown): string | undefined {
  return codeOf(error) === 'LEVEL_IO_ERROR' ? 'LEVEL_IO_ERROR' : systemCodeOf(error)
}

/** What LevelDB says of a failure to open is the cause of what it throws. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error
}
