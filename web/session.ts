import { become, listen, type SignIn, signedIn } from './signed-in.ts'

let page: SignIn | undefined

/** Signing in and out, where one does: on a laptop nobody signs in at all. */
export const session = {
  get state() {
    return signedIn()
  },

  listen,

  headers(): Readonly<Record<string, string>> {
    const state = signedIn()
    return state.is === 'signed-in' ? { authorization: `Bearer ${state.token}` } : {}
  },

  /** The importer took the token no more. What is on the page stays. */
  ended(): void {
    if (page !== undefined) become({ is: 'expired' })
  },

  /** Reads whether one signs in here, and takes what the sign-in page has sent along. */
  async open(): Promise<void> {
    const answer = await fetch('./console.json', { credentials: 'omit', cache: 'no-store' })
    const { signIn = null }: { signIn?: SignIn | null } = await answer.json()
    if (signIn === null) return
    page = signIn
    const { arrive } = await import('./sign-in.ts')
    await arrive(signIn)
  },

  /** Leaves for the sign-in page, which comes back to where one was. */
  async signIn(): Promise<void> {
    if (page !== undefined) await (await import('./sign-in.ts')).leaveToSignIn(page)
  },

  /** Ends it here and at the sign-in page: the token that could get others is taken back. */
  async signOut(): Promise<void> {
    if (page !== undefined) await (await import('./sign-in.ts')).signOut(page)
  },
}
