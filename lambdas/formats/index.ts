import type { ExportFormat } from '../domain/export-format.ts'
import { awaken } from './awaken.ts'
import { beancount } from './beancount.ts'
import { bittytax } from './bittytax.ts'
import { blockpit } from './blockpit.ts'
import { canonicalCsv } from './canonical-csv.ts'
import { coinledger } from './coinledger.ts'
import { coinpanda } from './coinpanda.ts'
import { cointracker } from './cointracker.ts'
import { cointracking } from './cointracking.ts'
import { cryptact } from './cryptact.ts'
import { hledger } from './hledger.ts'
import { jsonLines } from './json-lines.ts'
import { koinly } from './koinly.ts'
import { ledger } from './ledger.ts'
import { parquet } from './parquet.ts'
import { rotkiEvents } from './rotki-events.ts'
import { rotkiTrades } from './rotki-trades.ts'
import { summ } from './summ.ts'
import { tokentax } from './tokentax.ts'
import { xlsx } from './xlsx.ts'

/** Every export format, in the order in which they are offered. */
const all: readonly ExportFormat[] = [
  canonicalCsv,
  jsonLines,
  xlsx,
  koinly,
  cointracking,
  coinledger,
  cointracker,
  cryptact,
  summ,
  blockpit,
  coinpanda,
  awaken,
  tokentax,
  rotkiTrades,
  rotkiEvents,
  bittytax,
  hledger,
  ledger,
  beancount,
  parquet,
]

export const formats: ReadonlyMap<string, ExportFormat> = new Map(all.map((format) => [format.id, format]))
