import { describe, expect, it } from 'vitest'
import {
  StoreFailedError,
  StoreInUseError,
  StoreNotOpenedError,
  whyItFailed,
  whyNotOpened,
  whyNotRebuilt,
} from '../../local/store-errors.ts'

const coded = (code: string, cause?: unknown) => Object.assign(new Error('what it says'), { code, cause })
/** LevelDB's reason is the cause of what opening it throws. */
const opening = (cause: Error) => coded('LEVEL_DATABASE_NOT_OPEN', cause)

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const bugs = [
  new TypeError('Cannot read properties of undefined'),
  new Error('[big.js] Invalid number'),
  coded('ERR_INVALID_ARG_TYPE'),
  coded('LEVEL_ITERATOR_NOT_OPEN'),
  'thrown',
]

describe('a request that the store could not do', () => {
  it.each(['ENOSPC', 'EIO', 'EROFS', 'EMFILE', 'LEVEL_IO_ERROR'])(
    'for %s is told to be a matter of the disk',
    (code) => {
      const failed = whyItFailed('/data', coded(code))
      expect(failed).toBeInstanceOf(StoreFailedError)
      expect(textOf(failed)).toBe(
        `The store in /data could not be read or written (${code}): make room on its disk, or set DATA_DIR to a folder on ` +
          'another one, and run the same command again. What was stored before is kept.',
      )
    },
  )

  it.each(['LEVEL_CORRUPTION', 'LEVEL_DECODE_ERROR'])(
    'for %s is told to be damage, and of no disk that is full',
    (code) => {
      const failed = whyItFailed('/data', coded(code))
      expect(failed).toBeInstanceOf(StoreFailedError)
      expect(textOf(failed)).toBe(
        `A file of the store in /data is damaged (${code}): run the same command again, which looks through all of them first, ` +
          'and keeps what can be read. What is missing then is asked for again.',
      )
    },
  )

  it('for a reason that neither the system nor LevelDB gave stays a bug, with its place', () => {
    for (const bug of bugs) expect(whyItFailed('/data', bug)).toBe(bug)
  })
})

describe('a store that cannot be opened', () => {
  it('because another process has it is in use', async () => {
    expect(await whyNotOpened('/data', opening(coded('LEVEL_LOCKED')))).toBeInstanceOf(StoreInUseError)
    expect(await whyNotOpened('/data', coded('EBUSY'))).toBeInstanceOf(StoreInUseError)
    expect(await whyNotRebuilt('/data', opening(coded('LEVEL_LOCKED')))).toBeInstanceOf(StoreInUseError)
    expect(await whyNotRebuilt('/data', coded('EBUSY'))).toBeInstanceOf(StoreInUseError)
  })

  it.each([coded('EACCES'), coded('ENOSPC'), opening(coded('LEVEL_IO_ERROR'))])(
    'because of its disk is not called damaged: %s',
    async (error) => {
      const told = await whyNotOpened('/data', error)
      expect(told).toBeInstanceOf(StoreNotOpenedError)
      expect(textOf(told)).toMatch(
        /^The store in \/data cannot be opened \((EACCES|ENOSPC|LEVEL_IO_ERROR)\): see that its disk has room and works, and /,
      )
    },
  )

  it.each([opening(coded('LEVEL_CORRUPTION')), opening(new Error('Invalid argument'))])(
    'because LevelDB takes its files for none of its own seems damaged: %s',
    async (error) => {
      const told = await whyNotOpened('/data', error)
      expect(told).toBeInstanceOf(StoreNotOpenedError)
      expect(textOf(told)).toMatch(
        /^The store in \/data cannot be opened( \(LEVEL_CORRUPTION\))? and seems damaged: restore /,
      )
    },
  )

  it('because damage could not be mended tells both, and what to do', async () => {
    const told = await whyNotRebuilt('/data', coded('ENOSPC'))
    expect(told).toBeInstanceOf(StoreNotOpenedError)
    expect(textOf(told)).toBe(
      'Files of the store in /data are damaged, and putting what can be read of them into new ones failed (ENOSPC): make room on its ' +
        'disk, see that you may read and write all files in it, and run the same command again. Nothing that is stored is lost.',
    )
  })

  it('for a reason that neither the system nor LevelDB gave stays a bug, and a sentence stays itself', async () => {
    for (const bug of [...bugs, new StoreNotOpenedError('A sentence.')]) {
      expect(await whyNotOpened('/data', bug)).toBe(bug)
      expect(await whyNotRebuilt('/data', bug)).toBe(bug)
    }
  })
})
