import type { Transaction } from '../domain/transaction.ts'
import { hour, minute } from '../domain/window.ts'
import { findShift } from './clock-shift.ts'
import type { Merged } from './merge.ts'
import { FileRefused } from './refusal.ts'
import type { Reading } from './row.ts'

/** So many rows of a file may contradict the exchange before the file is taken for another account's. */
const fewContradictions = 3
const share = 0.01

/** Whose account a reading is of, where it says. */
type Whose = Pick<Reading, 'owner' | 'exchange'>

/** An exchange, and what people call it. */
type Named = { readonly id: string; readonly name: string }

/** Throws `FileRefused` where a statement is of another exchange than its connection. */
export function refuseOtherExchange(theirs: Named, ours: Named): void {
  if (theirs.id === ours.id) return
  throw new FileRefused(
    `This file is of ${theirs.name}, and the connection is of ${ours.name}: take it to a connection of ${theirs.name}.`,
    theirs.id,
  )
}

/** Throws `FileRefused` where a statement is of another account than those that its connection has. */
export function refuseOtherAccount(reading: Whose, others: readonly Whose[]): void {
  const known = others.find(({ owner, exchange }) => owner !== undefined && exchange === reading.exchange)
  if (reading.owner === undefined || known === undefined || known.owner === reading.owner) return
  throw new FileRefused(
    'This file is of another account than the files that this connection has already: its UID is another. ' +
      'Take it to the connection of its account.',
  )
}

/** Throws `FileRefused`, proposing another clock, where a statement agrees with what the exchange served by that clock alone. */
export function refuseShiftedClock(reading: Reading, api: readonly Transaction[]): void {
  const shift = findShift(reading, api)
  if (shift === undefined) return
  throw new FileRefused(
    `The times of this file are not those of the clock ${reading.clock}: ${shift.matched} of ${shift.of} rows agree with what the ` +
      `exchange served if its clock was ${spanWords(shift.by)}. Choose the time zone of the file, and read it again.`,
  )
}

/** Throws `FileRefused` where too much of a file, or all of it, happened, by its word, in time of which the exchange shows otherwise. */
export function refuseContradicted(contradicted: number, rows: number): void {
  const few = Math.min(Math.max(fewContradictions, share * rows), rows - 1)
  if (contradicted === 0 || contradicted <= few) return
  throw new FileRefused(
    `${contradicted} of ${rows} ${rows === 1 ? 'row' : 'rows'} of this file ${contradicted === 1 ? 'is' : 'are'} of time for which ` +
      `the exchange has shown everything, and not ${contradicted === 1 ? 'this' : 'them'}. ` +
      'See whether it is of this account, and of this kind of history.',
  )
}

/** The lines of the reading of this index that tell of time for which the exchange shows otherwise. */
export function contradictedLines(
  { contradictions }: Pick<Merged, 'contradictions'>,
  index: number,
): readonly number[] {
  return contradictions
    .filter(({ why }) => why === 'unserved')
    .flatMap(({ places }) => places.filter((place) => place.reading === index).map(({ line }) => line))
}

function spanWords(by: number): string {
  const size = Math.abs(by)
  const [hours, minutes] = [Math.floor(size / hour), (size % hour) / minute]
  const words = [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''].filter(
    (word) => word !== '',
  )
  return `${words.join(' ')} ${by > 0 ? 'ahead' : 'behind'}`
}
