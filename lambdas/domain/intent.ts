/**
 * What somebody is about to do in several steps, written down before the first: should it be cut short, a sweeper
 * finishes or undoes it.
 */
export type Intent = {
  /**
   * `secret`: one that is being stored for the connection, or taken out of use; its id is its name in the vault.
   * `history`: that of the connection is being deleted.
   */
  readonly kind: 'secret' | 'history'
  readonly id: string
  readonly user: string
  readonly connection: string
  /** Epoch milliseconds. */
  readonly since: number
}
