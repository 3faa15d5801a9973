import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { exportMessage, exportMessageSchema } from '../../lambdas/domain/export-message.ts'
import { currentVersion } from '../../lambdas/domain/message-version.ts'
import { firstMessage, syncMessageSchema } from '../../lambdas/domain/sync-message.ts'

/**
 * Messages as every version that was ever deployed wrote them, and what that version read of a message. Add a version;
 * change none: messages of all of them may wait in a queue, and any of them may be rolled back to.
 */
const versions = [
  {
    version: 0,
    what: 'before there were versions',
    sync: { user: 'u', connection: 'c', run: 'r', hop: 3, stalls: 1, waits: 2 },
    export: { user: 'u', id: 'e' },
  },
  {
    version: 1,
    what: 'the first with a version',
    sync: { version: 1, user: 'u', connection: 'c', run: 'r', hop: 3, stalls: 1, waits: 2 },
    export: { version: 1, user: 'u', id: 'e' },
  },
  {
    version: 1,
    what: 'when each exchange and cell got a queue of its own',
    sync: {
      version: 1,
      user: 'u',
      connection: 'c',
      run: 'r',
      exchange: 'e',
      cell: 7,
      hop: 3,
      stalls: 1,
      waits: 2,
    },
    export: { version: 1, user: 'u', id: 'e' },
  },
] as const

/** What version 1 asks of a message, word by word as it was deployed. */
const readersOfVersion1 = {
  sync: z.looseObject({
    version: z.number().int().min(1).max(1).default(1),
    user: z.string().min(1),
    connection: z.string().min(1),
    run: z.string().min(1),
    hop: z.number().int().min(0).default(0),
    stalls: z.number().int().min(0).default(0),
    waits: z.number().int().min(0).default(0),
  }),
  export: z.looseObject({
    version: z.number().int().min(1).max(1).default(1),
    user: z.string().min(1),
    id: z.string().min(1),
  }),
}

/** As they are now; the fields that it lacks have values that were right before there were others. */
const connection = { user: 'u', id: 'c', exchange: 'e' }

const known = { user: 'u', connection: 'c', run: 'r', hop: 3, stalls: 1, waits: 2 }

/** As SQS carries it. */
function sent(message: object): unknown {
  return JSON.parse(JSON.stringify(message))
}

describe('A message that waits while something else is deployed', () => {
  it.each(versions)('is read today when it was written $what', (written) => {
    expect(syncMessageSchema.parse(sent(written.sync))).toMatchObject(known)
    expect(exportMessageSchema.parse(sent(written.export))).toMatchObject({ user: 'u', id: 'e' })
  })

  it('of today is read by the code that was deployed before', () => {
    expect(readersOfVersion1.sync.parse(sent(firstMessage(connection, 'r')))).toMatchObject({
      user: 'u',
      connection: 'c',
      run: 'r',
    })
    expect(readersOfVersion1.export.parse(sent(exportMessage('u', 'e')))).toMatchObject({
      user: 'u',
      id: 'e',
    })
  })

  it('of tomorrow, with a field that is not known yet, is read today and handed on with that field', () => {
    const tomorrow = { ...firstMessage(connection, 'r'), colour: 'red' }
    const read = syncMessageSchema.parse(sent(tomorrow))
    expect(sent({ ...read, hop: read.hop + 1 })).toEqual({ ...tomorrow, hop: 1 })
    expect(exportMessageSchema.parse(sent({ ...exportMessage('u', 'e'), colour: 'red' }))).toMatchObject({
      id: 'e',
    })
  })

  it('of tomorrow, which lacks what was given up meanwhile, is read with what was right without it', () => {
    const { exchange: _, ...bare } = firstMessage(connection, 'r')
    expect(syncMessageSchema.parse({ user: 'u', connection: 'c', run: 'r' })).toEqual(bare)
  })

  it('that means something else than its reader would understand is refused, and not misread', () => {
    const younger = { version: currentVersion + 1 }
    expect(syncMessageSchema.safeParse({ ...firstMessage(connection, 'r'), ...younger }).success).toBe(false)
    expect(exportMessageSchema.safeParse({ ...exportMessage('u', 'e'), ...younger }).success).toBe(false)
  })

  it.each(['user', 'connection', 'run'])('is refused without its %s', (field) => {
    expect(syncMessageSchema.safeParse({ ...firstMessage(connection, 'r'), [field]: '' }).success).toBe(false)
  })
})
