import { z } from 'zod'
import { attestedTime, type FileTime } from './attested.ts'
import type { Coverage } from './coverage.ts'
import { provenTime } from './proven-time.ts'
import { rowsOf } from './row-counts.ts'
import { kindsOf, type StreamDefinition, type StreamKind } from './stream.ts'
import type { Transaction } from './transaction.ts'
import { firstAfter, type Window } from './window.ts'

/** On whose word the file of such a row has all that happened around it; `shown`: the exchange has shown all of that time itself. */
const standings = ['shown', 'balance', 'owner', 'nobody'] as const

export type Standing = (typeof standings)[number]

/** Rows of an export that the exchange has not served and statement files tell. */
export const fileRowsSchema = z.record(z.enum(standings), z.number())

export type FileRows = z.infer<typeof fileRowsSchema>

export const noFileRows: FileRows = { shown: 0, balance: 0, owner: 0, nobody: 0 }

/** Says of each row of a history that only files tell how it stands beside what the exchange has shown. */
export function standingIn(
  streams: readonly StreamDefinition[],
  coverage: readonly Coverage[],
  files: FileTime,
): (row: Pick<Transaction, 'stream' | 'time'>) => Standing {
  const kinds = kindsOf(streams)
  const known = new Map<StreamKind, readonly (readonly [Standing, readonly Window[]])[]>()
  const timesOf = (stream: StreamKind) => {
    const kind = kinds.find(([one]) => one.stream === stream)
    const shown = kind === undefined ? [] : provenTime(kind, coverage)
    const attested = attestedTime(files, stream, shown)
    const times = [
      ['shown', shown],
      ['balance', attested.filter(({ by }) => by === 'balance')],
      ['owner', attested.filter(({ by }) => by === 'owner')],
    ] satisfies [Standing, readonly Window[]][]
    known.set(stream, times)
    return times
  }
  return ({ stream, time }) => {
    const times = known.get(stream) ?? timesOf(stream)
    const found = times.find(
      ([, windows]) => (windows[firstAfter(windows, time)]?.from ?? Number.POSITIVE_INFINITY) <= time,
    )
    return found?.[0] ?? 'nobody'
  }
}

function fileRowCount(rows: FileRows): number {
  return standings.reduce((sum, standing) => sum + rows[standing], 0)
}

/** Of several accounts. */
export function allFileRows(parts: Iterable<FileRows>): FileRows {
  const all = { ...noFileRows }
  for (const part of parts) for (const standing of standings) all[standing] += part[standing]
  return all
}

/** What of a file nobody can look up at the exchange, and how much it is to be believed. */
export function fileRowSentences(rows: FileRows): readonly string[] {
  const count = fileRowCount(rows)
  if (count === 0) return []
  const whole = [
    ...(rows.owner > 0 ? [`for ${rowsOf(rows.owner)} their owner says so`] : []),
    ...(rows.balance > 0 ? [`for ${rowsOf(rows.balance)} a running balance shows it`] : []),
    ...(rows.nobody > 0 ? [`for ${rowsOf(rows.nobody)} nobody says so`] : []),
  ]
  return [
    count === 1
      ? 'From a statement file, 1 row of those in the file: the exchange has not served it.'
      : `From statement files, ${rowsOf(count)} of those in the file: the exchange has not served them.`,
    ...(whole.length === 0
      ? []
      : [`Whether such files have all that happened around it: ${whole.join(', ')}.`]),
    ...(rows.shown === 0
      ? []
      : [
          `Of time of which the exchange has shown every row of that kind, ${rows.shown} of them: an order that lay open may stand at another ` +
            'time than its fills. Look at them in the CSV of everything, and compare what the file adds up to with the balances that the exchange shows.',
        ]),
  ]
}
