// dynalite has no types. These are the parts of it that the embedded store runs.

declare module 'dynalite/db/index.js' {
  export type Store = {
    readonly db: {
      open(options?: { blockSize: number; cacheSize: number; writeBufferSize: number }): Promise<void>
      close(): Promise<void>
      put(key: string, value: unknown): Promise<void>
      iterator(options: {
        valueEncoding: 'utf8'
        highWaterMarkBytes?: number
      }): AsyncIterable<[string, string]>
      values(options: unknown): LevelIterator
    }
    /** dynalite itself may put a flag before its callback. */
    getTable(name: string, callback: TableCallback, last?: TableCallback): void
    readonly tableDb: { put(key: string, value: unknown, callback: (error: unknown) => void): void }
  }
  export type TableCallback = (error: unknown, table?: unknown) => void
  export type LevelIterator = { close(): Promise<void>; return?: () => Promise<void> }
  export function create(options: { path: string; createTableMs: number }): Store
  export function itemSize(item: unknown, compress: boolean, addMetaSize: boolean, rangeKey: string): number
  export function createIndexKey(item: unknown, table: unknown, keySchema: unknown): string
}

declare module 'dynalite/validations/index.js' {
  import type { Store } from 'dynalite/db/index.js'

  export type Rules = { readonly types: unknown; readonly custom?: unknown }
  export function checkValidations(input: unknown, types: unknown, custom: unknown, store: Store): void
}

declare module 'dynalite/validations/*' {
  import type { Rules } from 'dynalite/validations/index.js'

  const rules: Rules
  export = rules
}

declare module 'dynalite/actions/*' {
  import type { Store } from 'dynalite/db/index.js'

  const action: (
    store: Store,
    input: unknown,
    callback: (error: unknown, output?: Readonly<Record<string, unknown>>) => void,
  ) => void
  export = action
}
