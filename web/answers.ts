import type { z } from 'zod'
import type {
  connected,
  connection,
  coverageList,
  monthList,
  problem,
  run,
  runList,
  summary,
  transaction,
  transactionList,
} from '../lambdas/api/answer-shapes.ts'
import type { exchangeList } from '../lambdas/api/exchange-shapes.ts'
import type { exportAnswer, formatList } from '../lambdas/api/export-shapes.ts'
import type { importAnswer, importList, readAnswer, storedAnswer } from '../lambdas/api/import-shapes.ts'

/** What the API answers, as its own schemas have it. */
export type Summary = z.output<typeof summary>
export type Account = Summary['items'][number]
export type Sync = z.output<typeof run>
export type NamesAsked = NonNullable<Sync['streams'][number]['names']>[number]
export type SyncList = z.output<typeof runList>
export type Coverage = z.output<typeof coverageList>
export type StreamCoverage = Coverage['items'][number]
export type Months = z.output<typeof monthList>
export type Exchanges = z.output<typeof exchangeList>
export type Exchange = Exchanges['items'][number]
export type CredentialField = Exchange['credentials'][number]
export type ConnectionAnswer = z.output<typeof connection>
export type Connected = z.output<typeof connected>
export type Problem = z.output<typeof problem>
export type Transaction = z.output<typeof transaction>
export type TransactionPage = z.output<typeof transactionList>
export type Formats = z.output<typeof formatList>
export type Format = Formats['items'][number]
export type Export = z.output<typeof exportAnswer>

export type Import = z.output<typeof importAnswer>
export type Imports = z.output<typeof importList>
export type ImportReading = z.output<typeof readAnswer>
export type RefusedFile = Extract<ImportReading, { outcome: 'refused' }>
export type ImportQuestion = Extract<ImportReading, { outcome: 'asks' }>['questions'][number]
export type LayoutQuestion = Extract<ImportQuestion, { about: 'layout' }>
export type ImportPlan = Extract<ImportReading, { outcome: 'planned' }>['plan']
export type StoredImport = z.output<typeof storedAnswer>
