import { z } from 'zod'
import { layoutSchema } from '../statements/layout.ts'
import { limits } from '../statements/limits.ts'
import type { Settings } from '../statements/read-statement.ts'
import { instant, text } from './schemas.ts'
import { connectionId } from './shape-words.ts'

/** What comes in about statement files. */

export const importParams = z.object({ id: z.string().meta({ description: 'The id of an import.' }) })

export const importsQuery = z.strictObject({
  connection: z.string().optional().meta({ description: 'Only files of this connection.' }),
})

export const newImportBody = z
  .strictObject({
    connection: connectionId.optional().meta({ description: 'The connection whose history the file tells.' }),
    exchange: text(
      40,
      'In place of a connection: the exchange of an account of which only files are known. It gets a connection without a key. ' +
        'A file of an account that has a connection is for that one: what two connections tell is counted twice. So, where you have ' +
        'connections of that exchange and none of them is called `label`, it is refused until you say `newAccount`.',
      'bitmart',
    ).optional(),
    label: text(
      100,
      'With `exchange`: your own name for that account. The same name is the same account.',
    ).optional(),
    newAccount: z
      .boolean()
      .default(false)
      .meta({
        description:
          'With `exchange`: it is of another account than all that are here. One is made each time that this is sent, under `label` ' +
          'where nobody has that name, else with a number behind it; `connection` of the answer is it. One of which no file could ' +
          'be read takes the next file under its name.',
      }),
    name: text(200, 'As the file is called.', 'trades-2025.csv'),
    bytes: z
      .int('must be a whole number of bytes')
      .min(1, 'must be at least 1: the file is empty')
      .max(
        limits.uploadBytes,
        'must be at most 33554432 (32 MB): download it in several files of shorter time',
      )
      .meta({ description: 'How long it is.', example: 48_213 }),
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, 'must be the SHA-256 of the content, as 64 hexadecimal digits')
      .meta({
        description: 'Of its content, as hexadecimal digits. The same file again is the same import.',
        example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      }),
  })
  .refine(({ connection, exchange }) => (connection === undefined) !== (exchange === undefined), {
    path: ['connection'],
    message: 'or exchange must be given, and not both',
  })
  .refine(({ exchange, label }) => label === undefined || exchange !== undefined, {
    path: ['label'],
    message: 'goes with exchange: a connection has its own',
  })
  .refine(({ newAccount, exchange }) => !newAccount || exchange !== undefined, {
    path: ['newAccount'],
    message: 'goes with exchange: a connection is an account that is here',
  })
  .meta({ id: 'NewImport' })

const settings = {
  timezone: text(
    60,
    'Of which clock its times are, where the file does not say: `UTC`, `UTC+8`, `Europe/Berlin`.',
    'Europe/Berlin',
  ).optional(),
  dateOrder: z.enum(['day-first', 'month-first']).optional(),
  decimalSigns: z
    .record(z.string().max(200), z.enum(['.', ',']))
    .optional()
    .meta({
      description: 'By the names of columns.',
    }),
  encoding: text(40, 'How its bytes are text, where the guess is wrong: `windows-1251`.').optional(),
  delimiter: z.enum([',', ';', '\t', '|']).optional().meta({ description: 'What divides its cells.' }),
  layouts: z.record(z.string().max(64), layoutSchema).optional().meta({
    description: 'What columns mean, by the signature of the header, where nobody else knows.',
  }),
  attests: z
    .strictObject({ from: instant, to: instant })
    .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be later than from' })
    .optional()
    .meta({ description: 'You say that the file has everything of this time.' }),
}

export const planBody = z
  .strictObject(settings)
  .meta({ id: 'ImportSettings', example: { timezone: 'Europe/Berlin' } })

export const commitBody = z
  .strictObject({
    ...settings,
    plan: text(200, 'The id of the plan that was seen. Send the settings that it was made with.'),
  })
  .meta({ id: 'ImportCommit' })

/** As reading takes them. */
export function settingsOf({ timezone, attests: _told, ...others }: z.output<typeof planBody>): Settings {
  return { ...others, ...(timezone !== undefined && { clock: timezone }) }
}
