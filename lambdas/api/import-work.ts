/** What reads statement files and merges them: much code, of which only one function that knows the routes has a use. */
export { readStatementFile } from '../use-cases/read-statement-file.ts'
export { removeStatementFile } from '../use-cases/remove-statement-file.ts'
export { storeStatementFile, takeBackStatementFile } from '../use-cases/store-statement-file.ts'
