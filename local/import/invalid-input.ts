/** What the user gave cannot be used. The message is a sentence that names it; it never holds a secret. */
export class InvalidInputError extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.name = 'InvalidInputError'
  }
}
