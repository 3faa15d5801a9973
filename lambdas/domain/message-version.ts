import { z } from 'zod'

/**
 * Raised when a message means something else than a reader of the version before would understand. A field more does
 * not raise it: readers pass over what they do not know.
 */
export const currentVersion = 1

export type Versioned = { readonly version: number }

/**
 * Of a message without it, the first. A message that is younger than its reader, after a deployment was rolled back, is
 * refused: the queue keeps it among the dead letters until there is a reader for it again.
 */
export const messageVersion = z.number().int().min(1).max(currentVersion).default(1)
