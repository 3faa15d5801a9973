import { z } from 'zod'
import { layoutSchema } from '../statements/layout.ts'
import { sentences, time, window } from './shape-words.ts'

/**
 * What goes out of statement files: answers are held against it, the document of the API is made from it, and the console takes its
 * types from here.
 */

const readTable = {
  name: z.string().meta({ description: 'What it was recognised as.' }),
  format: z.string(),
  clock: z.string().meta({ description: 'Which clock its times are of: `UTC`, `UTC+8`, `Europe/Berlin`.' }),
  rows: z.int(),
}

export const importAnswer = z
  .strictObject({
    id: z.string(),
    connection: z.string(),
    name: z.string().meta({ description: 'As the file is called.' }),
    bytes: z.int(),
    sha256: z.string(),
    addedAt: time,
    state: z.enum(['awaited', 'here', 'stored', 'taken-back']).meta({
      description:
        'awaited: its content is not there yet. here: nothing of it is stored yet. stored: its rows are part of the history. ' +
        'taken-back: they are no more, and it can be read again.',
    }),
    upload: z
      .strictObject({
        url: z.string().meta({
          description: 'Where the content is PUT, without any sign-in; it may be relative to this API.',
        }),
        headers: z.record(z.string(), z.string()).meta({ description: 'To be sent with it, as they are.' }),
        until: time.optional(),
      })
      .optional()
      .meta({ description: 'As long as the content is awaited.' }),
    refused: z
      .strictObject({
        sentence: z.string(),
        exchange: z
          .string()
          .optional()
          .meta({ description: 'The id of the exchange whose file it is, where that is why.' }),
      })
      .optional()
      .meta({ description: 'Why it could not be read when it was tried last; nothing where it could.' }),
    stored: z
      .strictObject({
        at: time,
        tables: z.array(z.strictObject({ ...readTable, from: time.optional(), to: time.optional() })),
        attests: z.strictObject(window).optional().meta({
          description: 'You say that the file has everything of this time.',
        }),
      })
      .optional()
      .meta({ description: 'How it was read when it was stored.' }),
  })
  .meta({ id: 'Import' })

export const importList = z.strictObject({ items: z.array(importAnswer) })

const badCell = z
  .strictObject({
    table: z.string().meta({ description: 'Which sheet, or which file of an archive.' }),
    line: z.int(),
    column: z.string(),
    text: z.string(),
    why: z.string(),
  })
  .meta({ id: 'UnreadableCell' })

const anyOf = layoutSchema.shape

/** What only the owner of a file can say. */
const question = z.discriminatedUnion('about', [
  z
    .strictObject({ about: z.literal('date-order'), table: z.string(), cells: z.array(z.string()) })
    .meta({ id: 'DateOrderQuestion', description: 'Answer with `dateOrder`.' }),
  z
    .strictObject({
      about: z.literal('decimal-sign'),
      table: z.string(),
      column: z.string(),
      cells: z.array(z.string()),
    })
    .meta({
      id: 'DecimalSignQuestion',
      description: 'Answer with `decimalSigns`, by the name of the column.',
    }),
  z
    .strictObject({ about: z.literal('clock'), table: z.string(), sentence: z.string() })
    .meta({ id: 'ClockQuestion', description: 'Answer with `timezone`.' }),
  z
    .strictObject({
      about: z.literal('layout'),
      table: z.string(),
      signature: z.string().meta({ description: 'What this header is remembered by.' }),
      columns: z.array(z.string()),
      samples: z.array(z.array(z.string())).meta({ description: 'The first lines beneath the header.' }),
      proposal: z
        .strictObject({
          granularity: anyOf.granularity.optional(),
          stream: anyOf.stream.optional(),
          time: z.string().optional(),
          columns: anyOf.columns,
          words: anyOf.words.removeDefault(),
          symbol: anyOf.symbol,
        })
        .meta({
          description:
            'What a layout may begin with, by what its columns look like. Nothing is read by it before you have sent it.',
        }),
      saved: layoutSchema.optional().meta({ description: 'What you said of this header before.' }),
      missing: sentences.meta({ description: 'What the layout that was sent leaves open.' }),
      known: z
        .string()
        .optional()
        .meta({ description: 'As what its header is known: it is read so where no layout is sent.' }),
    })
    .meta({ id: 'LayoutQuestion', description: 'Answer with `layouts`, by `signature`.' }),
])

const moment = z.strictObject({
  line: z.int(),
  utc: time,
  shown: z.string().meta({ description: 'The time as the file writes it.' }),
})

const table = z
  .strictObject({
    ...readTable,
    first: moment.optional(),
    last: moment.optional(),
    coins: z.array(z.string()),
    symbols: z.array(z.string()),
    encoding: z
      .strictObject({ name: z.string(), isGuess: z.boolean() })
      .optional()
      .meta({ description: 'How its bytes are read as text, and whether that is a guess by their looks.' }),
    ambiguousTimes: z.int().meta({ description: 'Rows of the hour that their clock shows twice.' }),
    leftOut: z.array(z.strictObject({ line: z.int(), why: z.string() })).meta({
      description: 'The first lines that are no events, such as cancelled orders.',
    }),
    leftOutCount: z.int(),
    notes: sentences,
    signature: z.string().optional().meta({
      description:
        'By it `layouts` may say otherwise what its columns and their words mean, though its header is known.',
    }),
    hasUnknownWords: z.boolean().optional().meta({
      description:
        'Rows of it have words that nobody here knows, as a note says: `layouts` can say what they mean.',
    }),
  })
  .meta({ id: 'StatementTable' })

const toldRow = z
  .strictObject({
    stream: z.string(),
    time,
    lines: z.array(z.int()).optional().meta({ description: 'Where the file tells it.' }),
    words: z.string().meta({ description: 'What happened, in a few words with exact numbers.' }),
  })
  .meta({ id: 'ToldRow' })

const plan = z
  .strictObject({
    id: z
      .string()
      .meta({ description: 'What `POST …/commit` takes: this plan is carried out, or nothing is.' }),
    tables: z.array(table),
    streams: z.array(
      z.strictObject({
        stream: z.string(),
        title: z.string(),
        new: z.int().meta({ description: 'Rows that only this file tells: they will be stored.' }),
        known: z.int().meta({ description: 'Rows that the exchange or another file tells already.' }),
        contradicting: z.int().meta({
          description: 'Rows of time of which the exchange shows otherwise: they will not be stored.',
        }),
        replaced: z
          .int()
          .meta({ description: 'Rows of other files that go or change: this one tells them better.' }),
        mayBeTwice: z.int().meta({
          description:
            'Rows that will be stored and that rows of another source, of their market and time, may tell too: no amounts show whether they do.',
        }),
      }),
    ),
    months: z
      .array(z.strictObject({ from: time, rows: z.int() }))
      .meta({ description: 'Rows that would be new, month by month (UTC).' }),
    samples: z
      .strictObject({
        new: z.array(toldRow),
        known: z.array(toldRow),
        contradicting: z.array(z.strictObject({ ...toldRow.shape, count: z.int(), why: z.string() })),
        replaced: z.array(toldRow),
      })
      .meta({ description: 'The first of each.' }),
    attests: sentences.meta({
      description: 'Of which time the file will be said to tell everything, and why of no more.',
    }),
  })
  .meta({ id: 'ImportPlan' })

export const readAnswer = z
  .discriminatedUnion('outcome', [
    z
      .strictObject({
        outcome: z.literal('refused'),
        sentence: z.string(),
        exchange: z.string().optional().meta({
          description: 'The id of the exchange whose file it is, where it is not that of its connection.',
        }),
        cells: z.array(badCell).meta({ description: 'The first cells that cannot be read.' }),
        count: z.int().meta({ description: 'How many there are.' }),
      })
      .meta({ id: 'RefusedFile', description: 'Nothing of it can be read.' }),
    z.strictObject({ outcome: z.literal('asks'), questions: z.array(question) }).meta({
      id: 'AskingFile',
      description: 'Only you can say how it is to be read: send the same with the answers.',
    }),
    z
      .strictObject({ outcome: z.literal('planned'), plan })
      .meta({ id: 'PlannedFile', description: 'What would be stored. Nothing is stored yet.' }),
  ])
  .meta({ id: 'ImportReading' })

export const storedAnswer = z
  .strictObject({
    import: importAnswer,
    written: z.int().meta({ description: 'Rows that were written.' }),
    removed: z.int().meta({ description: 'Rows that went.' }),
  })
  .meta({ id: 'StoredImport' })
