/** What was begun of a file is not there any more: it has to be begun anew. */
export class DraftGoneError extends Error {
  override readonly name = 'DraftGoneError'

  constructor() {
    super('What was written of the file is gone: it is begun anew.')
  }
}
