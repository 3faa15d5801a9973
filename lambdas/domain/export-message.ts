import { z } from 'zod'
import { currentVersion, messageVersion, type Versioned } from './message-version.ts'

/** What is sent to whoever writes exports: whose, and which. */
export type ExportMessage = Versioned & { readonly user: string; readonly id: string }

export const exportMessageSchema: z.ZodType<ExportMessage> = z.looseObject({
  version: messageVersion,
  user: z.string().min(1),
  id: z.string().min(1),
})

export function exportMessage(user: string, id: string): ExportMessage {
  return { version: currentVersion, user, id }
}
