import { type AccountingEvent, changesOf } from '../domain/accounting.ts'

/** What tools are told that take no futures: moves within the account are of futures, too. */
export function isOutsideFutures({ kind, transaction }: AccountingEvent): boolean {
  return kind !== 'move' && !transaction.stream.startsWith('futures')
}

/** `reason`: why the tool takes none. Undefined of what it is told. */
export function untoldFutures(event: AccountingEvent, reason: string) {
  if (isOutsideFutures(event)) return undefined
  return {
    reason: event.kind === 'move' ? 'moves between the wallets of one account' : `futures: ${reason}`,
    changes: changesOf(event),
  }
}
