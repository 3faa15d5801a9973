import { bingxStatements } from './bingx-statements.ts'
import { bitrueStatements } from './bitrue-statements.ts'
import type { KnownFormat } from './known-format.ts'
import { templates } from './templates.ts'

/** Every statement that is known by its header. BitMart's are known to nobody who told: its users say what columns mean. */
export const knownFormats: readonly KnownFormat[] = [...bingxStatements, ...bitrueStatements, ...templates]
