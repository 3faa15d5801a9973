import type { z } from 'zod'
import { attestedSentence, withdrawalSentence } from '../domain/attested.ts'
import { streamNames } from '../domain/coverage-words.ts'
import { isoTime } from '../domain/outward.ts'
import type { Transaction } from '../domain/transaction.ts'
import type { Contradicted, FilePlan, FileRead, TableRead } from '../statements/file-plan.ts'
import type { Objection } from '../statements/known.ts'
import type { MergedRow } from '../statements/merged-row.ts'
import type { KeptTable, StatementFile } from '../statements/statement-file.ts'
import { rowInWords } from '../statements/told-row.ts'
import type { importAnswer, readAnswer } from './import-shapes.ts'

/** Where the content of a file is sent to. `until`: epoch milliseconds. */
export type UploadAddress = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly until?: number
}

/** One id for a file and the connection that it was given to. */
export function importId({ connection, id }: Pick<StatementFile, 'connection' | 'id'>): string {
  return `${connection}-${id}`
}

/** Of an id that is none, parts that nobody has. */
export function partsOf(id: string): { readonly connection: string; readonly file: string } {
  const at = id.lastIndexOf('-')
  return { connection: id.slice(0, Math.max(0, at)), file: id.slice(at + 1) }
}

export function describeImport(file: StatementFile, upload?: UploadAddress): z.output<typeof importAnswer> {
  const { connection, name, bytes, sha256, addedAt, state, refused, reading } = file
  return {
    id: importId(file),
    connection,
    name,
    bytes,
    sha256,
    addedAt: isoTime(addedAt),
    state,
    ...(state === 'awaited' &&
      upload !== undefined && {
        upload: {
          url: upload.url,
          headers: { ...upload.headers },
          ...(upload.until !== undefined && { until: isoTime(upload.until) }),
        },
      }),
    ...(state !== 'stored' && refused !== undefined && { refused }),
    ...(state === 'stored' &&
      reading !== undefined && {
        stored: {
          at: isoTime(reading.storedAt),
          tables: reading.tables.map(describeKept),
          ...(reading.attests !== undefined && {
            attests: { from: isoTime(reading.attests.from), to: isoTime(reading.attests.to) },
          }),
        },
      }),
  }
}

function describeKept({ name, format, clock, rows, spans }: KeptTable) {
  const times = spans.flatMap(({ from, to }) => [from, to])
  return {
    name,
    format,
    clock,
    rows,
    ...(times.length > 0 && {
      from: isoTime(times.reduce((a, b) => Math.min(a, b))),
      to: isoTime(times.reduce((a, b) => Math.max(a, b))),
    }),
  }
}

export function describeReading(read: FileRead): z.output<typeof readAnswer> {
  switch (read.kind) {
    case 'refused':
      return {
        outcome: 'refused',
        sentence: read.sentence,
        ...(read.exchange !== undefined && { exchange: read.exchange }),
        cells: [...read.cells],
        count: read.count,
      }
    case 'asks':
      return { outcome: 'asks', questions: read.questions.map(asJson) }
    case 'read':
      return { outcome: 'planned', plan: describePlan(read.plan, read.tables) }
  }
}

type Asked = Extract<z.output<typeof readAnswer>, { outcome: 'asks' }>['questions'][number]

/** The same, whose lists may be written to. */
function asJson(question: Extract<FileRead, { kind: 'asks' }>['questions'][number]): Asked {
  switch (question.about) {
    case 'clock':
      return { about: 'clock', table: question.table, sentence: question.sentence }
    case 'date-order':
      return { about: 'date-order', table: question.table, cells: [...question.cells] }
    case 'decimal-sign':
      return {
        about: 'decimal-sign',
        table: question.table,
        column: question.column,
        cells: [...question.cells],
      }
    case 'layout':
      return {
        about: 'layout',
        table: question.table,
        signature: question.signature,
        columns: [...question.columns],
        samples: question.samples.map((cells) => [...cells]),
        proposal: question.proposal,
        ...(question.saved !== undefined && { saved: question.saved }),
        missing: [...question.missing],
        ...(question.known !== undefined && { known: question.known }),
      }
  }
}

function describePlan(
  { digest, streams, months, samples, attested, withdrawn }: FilePlan,
  tables: readonly TableRead[],
): Extract<z.output<typeof readAnswer>, { outcome: 'planned' }>['plan'] {
  return {
    id: digest,
    tables: tables.map(({ name, format, clock, preview }) => ({
      name,
      format,
      clock,
      rows: preview.rows,
      ...(preview.first !== undefined && { first: { ...preview.first } }),
      ...(preview.last !== undefined && { last: { ...preview.last } }),
      coins: [...preview.coins],
      symbols: [...preview.symbols],
      ...(preview.encoding !== undefined && { encoding: { ...preview.encoding } }),
      ambiguousTimes: preview.ambiguousTimes,
      leftOut: preview.leftOut.map((one) => ({ ...one })),
      leftOutCount: preview.leftOutCount,
      notes: [...preview.notes],
      ...(preview.header !== undefined && { signature: preview.header.signature }),
      ...(preview.hasUnknownWords && { hasUnknownWords: true }),
    })),
    streams: streams.map((one) => ({ ...one, title: streamNames[one.stream] })),
    months: [...months],
    samples: {
      new: samples.new.map(describeRow),
      known: samples.known.map(describeRow),
      contradicting: samples.contradicting.map(describeContradicted),
      replaced: samples.replaced.map(describeRow),
    },
    attests: [
      ...attested.map(
        (one) =>
          `${streamNames[one.stream]}: ${attestedSentence(one)}. What the exchange has not served of it stays uncovered.`,
      ),
      ...withdrawn.map(({ stream, why }) => `${streamNames[stream]}: ${withdrawalSentence(why)}`),
    ],
  }
}

function describeRow(row: Transaction | MergedRow) {
  return { stream: row.stream, time: isoTime(row.time), words: rowInWords(row) }
}

function describeContradicted({ why, row, count, lines }: Contradicted) {
  return {
    stream: row.stream,
    time: isoTime(row.times[0]),
    lines: [...lines],
    words: rowInWords(row),
    count,
    why: objections[why],
  }
}

const objections: Readonly<Record<Objection, string>> = {
  unserved: 'The exchange has shown all of that time, and not this.',
  'beyond-order': 'The fills of its order add up to more than the order.',
  'no-common-id':
    'It is an order without an id, of a time that the exchange has shown whole, where no fills add up to it.',
}
