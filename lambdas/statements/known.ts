import type { Transaction } from '../domain/transaction.ts'
import type { Window } from '../domain/window.ts'
import { instantsOf, type Rule } from './exactness.ts'
import { type Group, type Layer, type Place, placesOf, statementIdentity } from './layers.ts'
import { type MergedRow, transactionFields } from './merged-row.ts'
import { ownEvent } from './own-row.ts'
import type { Grain, NumberField, StatementRow } from './row.ts'
import { type Told, toldByFile } from './told.ts'

/** Whether the API is proved to have served everything of the row's kind in a window. */
export type Proven = (row: StatementRow, window: Window) => boolean

/**
 * Why a row of a file is not counted. `unserved`: the API has shown all of that time, and does not show it; `beyond-order`: fills add up
 * to more than their order; `no-common-id`: it is an order without an id, of time of which the API has shown all, where fills that may be of
 * it do not add up to it.
 */
export type Objection = 'unserved' | 'beyond-order' | 'no-common-id'

export type Contradiction = {
  readonly why: Objection
  readonly row: StatementRow
  /** How many such events. */
  readonly count: number
  readonly places: readonly Place[]
}

/** A row that finer sources tell: what a coarser one may tell again. */
export type Known = {
  readonly told: Told
  readonly row: Transaction | MergedRow
  /** At how many decimals its numbers were cut; absent in the API's rows, which are told in full. */
  readonly decimals?: Grain['decimals']
}

/** What one layer adds to what is known. */
export type Settled = {
  readonly fresh: readonly Known[]
  /** Events of its own that are told by other rows: a coarser layer may tell them again. */
  readonly hidden?: readonly Known[]
  /** Finer rows that events of its own tell in other parts, and the lines that do. */
  readonly confirmed?: readonly { readonly row: Known['row']; readonly places: readonly Place[] }[]
  readonly contradictions: readonly Contradiction[]
  readonly known: number
}

/** Whether all of the time at which a row may have happened was served whole. */
export function isProven(row: StatementRow, { unit }: Grain, rule: Rule, proven: Proven): boolean {
  return row.times.every((time) => proven(row, instantsOf(time, unit, rule.time)))
}

/** The n-th event of a group, from 1. In an hour that its clock shows twice, the second of two alike is of the second time. */
export function eventOf(layer: Layer, group: Group, ordinal: number, rule: Rule): Known {
  const { row, events } = group
  const { grain } = layer
  const identity = statementIdentity(layer, group, ordinal)
  const event = events[ordinal - 1] ?? row
  const own = ownEvent(event)
  const merged: MergedRow = own === undefined ? asTold() : { ...own, places: placesOf(group) }
  return {
    row: merged,
    told: toldByFile(row, grain, rule),
    decimals: grain.decimals,
  }

  function asTold(): MergedRow {
    return {
      // Of two alike one may have failed.
      ...transactionFields(event),
      raw: event.raw,
      stream: row.stream,
      time: row.times[(ordinal - 1) % row.times.length] ?? row.times[0],
      identity,
      precision: grain.unit,
      places: placesOf(group),
    }
  }
}

/** How many decimals the numbers of a field were told at. */
export function decimalsOf({ decimals }: Known, field: NumberField): number | undefined {
  return decimals?.[field]
}
