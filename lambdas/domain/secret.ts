const shown = '[secret]'

/**
 * A value that must never be seen: printing, inspecting, spreading or serialising it shows `[secret]`.
 * Only `adapters/vault.ts` and `exchanges/driver.ts` may call `reveal()`; a check in CI says so.
 */
export class Secret<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  reveal(): T {
    return this.#value
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [Symbol.toPrimitive](): string {
    return shown
  }

  /** What `console.log` and `util.inspect` show; the symbol is Node's, named here so that nothing is imported. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return shown
  }
}
