/** What an upload may be at most: far above what an exchange lets its users download, far below what hurts. */
export const limits = {
  uploadBytes: 32 * 1024 * 1024,
  /** Of all files of an archive together. */
  inflatedBytes: 256 * 1024 * 1024,
  entries: 100,
  rows: 500_000,
  columns: 128,
  cellCharacters: 4_096,
  /** Of the texts that a workbook keeps apart from its sheets. */
  sharedCharacters: 32 * 1024 * 1024,
} as const
