import { Buffer } from 'node:buffer'
import { knownFormats } from '../../lambdas/statements/known-formats.ts'
import {
  type Outcome,
  type Question,
  readStatement,
  type Settings,
} from '../../lambdas/statements/read-statement.ts'
import type { StatementRow } from '../../lambdas/statements/row.ts'

/** Files as the production parser reads them, or asks about, or refuses. */

/** Whoever reads them does so a while after all that they tell. */
export const readAt = Date.UTC(2027, 0, 1)

const open = (bytes: Buffer | string, settings: Settings = {}) =>
  readStatement('statement.csv', Buffer.from(bytes), settings, readAt)

export async function tablesOf(bytes: Buffer | string, settings?: Settings) {
  const outcome = await open(bytes, settings)
  if (outcome.kind !== 'read') throw new Error(JSON.stringify(outcome))
  return outcome.tables
}

export async function rowsOf(bytes: Buffer | string, settings?: Settings): Promise<readonly StatementRow[]> {
  const rows: StatementRow[] = []
  for (const table of await tablesOf(bytes, settings)) for await (const row of table.rows()) rows.push(row)
  return rows
}

export const told = ({ raw: _raw, ...row }: StatementRow) => row
export const asked = async (bytes: Buffer | string, settings?: Settings): Promise<readonly Question[]> => {
  const outcome = await open(bytes, settings)
  if (outcome.kind !== 'asks') throw new Error(JSON.stringify(outcome))
  return outcome.questions
}
export const refused = async (bytes: Buffer | string, settings?: Settings) => {
  const outcome: Outcome = await open(bytes, settings)
  if (outcome.kind !== 'refused') throw new Error(JSON.stringify(outcome))
  return outcome
}

export const headerOf = (id: string, clock: string) =>
  (knownFormats.find((format) => format.id === id)?.header ?? []).join(',').replaceAll('<clock>', clock)

/** As BitMart's may look: of it no header is public. */
export const bitmart = `Time;Symbol;Side;Price;Size;Total;Fee;Fee Coin;Order ID
03.02.2025 10:00:00;BTC_USDT;buy;100.000,5;0,1;10.000,05;0,5;USDT;123
04.02.2025 10:00:00;BTC_USDT;sell;100.001,5;0,2;20.000,3;0,7;USDT;124
`
