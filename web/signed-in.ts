/** Who is signed in. Tokens live in this page's memory and nowhere else; on a laptop nobody signs in at all. */

export type SignIn = { readonly page: string; readonly clientId: string }

type State =
  | { readonly is: 'open' }
  | { readonly is: 'signed-out' | 'expired' }
  | { readonly is: 'signed-in'; readonly token: string; readonly refresh?: string; readonly email?: string }

const listeners = new Set<() => void>()
let state: State = { is: 'open' }

export function become(next: State): void {
  state = next
  for (const listener of listeners) listener()
}

export const signedIn = (): State => state

export function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
