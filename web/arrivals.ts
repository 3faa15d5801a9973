/** What is to be read about a key that was just taken, until it was read. Kept in memory only. */
type Arrival = { readonly isNew: boolean; readonly warnings: readonly string[] }

const arrivals = new Map<string, Arrival>()

export const arrivalOf = (id: string): Arrival | undefined => arrivals.get(id)
export const arrive = (id: string, arrival: Arrival): void => void arrivals.set(id, arrival)
export const haveRead = (id: string): void => void arrivals.delete(id)
