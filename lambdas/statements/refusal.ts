/** A cell that cannot be read: where it stands, what it says, and why that will not do. */
export type BadCell = {
  readonly table: string
  readonly line: number
  readonly column: string
  readonly text: string
  readonly why: string
}

/** How many bad cells are told one by one. */
export const toldCells = 20

/** Why a whole file is not read, as a sentence that ends with what to do. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused'
  /** The id of the exchange whose file it is, where it is not that of its connection. */
  readonly exchange?: string

  constructor(sentence: string, exchange?: string) {
    super(sentence)
    if (exchange !== undefined) this.exchange = exchange
  }
}
