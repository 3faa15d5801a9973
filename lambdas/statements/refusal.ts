/** Why a whole file is not read, as a sentence that ends with what to do. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused'
}
