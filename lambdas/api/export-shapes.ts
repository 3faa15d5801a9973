import { z } from 'zod'
import { rowCountsSchema } from '../domain/row-counts.ts'
import { completeness, sentences, time } from './shape-words.ts'

/** What goes out of exports and their formats. */

export const exportAnswer = z
  .strictObject({
    id: z.string(),
    format: z.string(),
    state: z.enum(['waiting', 'done', 'failed']),
    from: time.optional(),
    to: time.optional().meta({ description: 'The first instant that is left out.' }),
    timezone: z.string(),
    connections: z.array(z.string()).optional().meta({ description: 'Absent: all that you have.' }),
    requestedAt: time,
    finishedAt: time.optional(),
    transactions: z.int().optional().meta({ description: 'How many were looked at.' }),
    rows: rowCountsSchema.optional().meta({ description: 'What became of them.' }),
    bytes: z.int().optional(),
    complete: z.boolean().optional().meta({
      description: 'Whether all of the period is known to be complete, in every stream of every connection.',
    }),
    completeness: completeness.optional(),
    statement: sentences.optional().meta({ description: 'What the file covers, and what is not in it.' }),
    download: z.string().optional().meta({ description: 'Opens the file, without any sign-in.' }),
    statementDownload: z.string().optional().meta({
      description:
        'Opens the statement: what the file covers, what is not in it, what it adds up to, its SHA-256.',
    }),
    statementJsonDownload: z
      .string()
      .optional()
      .meta({ description: 'Opens the same for programs, as JSON.' }),
    downloadUntil: time
      .optional()
      .meta({ description: 'Until when these addresses work; ask again for others.' }),
  })
  .meta({ id: 'Export' })

export const formatList = z.strictObject({
  items: z.array(
    z
      .strictObject({
        format: z.string().meta({ description: 'What `POST /v1/exports` takes.' }),
        name: z.string(),
        extension: z.string(),
        contentType: z.string(),
        timezone: z.enum(['utc', 'chosen']).meta({
          description: 'In which zone the times of the file are: `chosen` is the one that you ask for.',
        }),
        statement: z.enum(['inside', 'beside']).meta({
          description:
            'Whether what the file covers is said in it too. The whole statement is always beside it.',
        }),
        carries: sentences.meta({ description: 'What the file holds.' }),
        cannotSay: sentences.meta({ description: 'What the tool has no words for.' }),
        upload: sentences.meta({ description: 'How to give the file to the tool.' }),
      })
      .meta({ id: 'Format' }),
  ),
  recent: z
    .array(exportAnswer)
    .meta({ description: 'What you exported lately, newest first; a file is kept for a week.' }),
})
