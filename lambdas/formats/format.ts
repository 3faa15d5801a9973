export type { AccountNames, ExportFormat, ExportInput, ExportRow } from '../domain/export-format.ts'
export type { Statement } from '../domain/statement.ts'
