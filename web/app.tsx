import { type ComponentChildren, type ComponentType, Fragment } from 'preact'
import { useEffect, useErrorBoundary, useReducer, useState } from 'preact/hooks'
import { reach } from './ask.ts'
import { Help } from './pages/help.tsx'
import { Overview } from './pages/overview.tsx'
import { Announcer } from './parts/announce.tsx'
import { Button } from './parts/controls.tsx'
import { Heading } from './parts/heading.tsx'
import { go, type Route, useRoute } from './route.ts'
import { session } from './session.ts'
import { currentSettings } from './settings.ts'
import { words } from './words.ts'

export type PageProps = { readonly route: Route }
type Page = ComponentType<PageProps>

/** Which page stands at which address; all but the first are loaded when they are opened. */
const pages: readonly {
  readonly at: (path: readonly string[]) => boolean
  readonly load: () => Promise<Page>
}[] = [
  { at: ([first]) => first === undefined, load: async () => Overview },
  {
    at: ([first, , key]) => first === 'connect' || key === 'key',
    load: () => import('./pages/connect.tsx').then(({ Connect }) => Connect),
  },
  {
    at: ([first, id, more]) => first === 'connections' && id !== undefined && more === undefined,
    load: () => import('./pages/connection.tsx').then(({ Connection }) => Connection),
  },
  {
    at: ([first]) => first === 'transactions',
    load: () => import('./pages/transactions.tsx').then(({ Transactions }) => Transactions),
  },
  {
    at: ([first]) => first === 'files',
    load: () => import('./pages/files.tsx').then(({ Files }) => Files),
  },
  {
    at: ([first]) => first === 'exports',
    load: () => import('./pages/exports.tsx').then(({ Exports }) => Exports),
  },
  // So short that a file of its own would be mostly its frame.
  { at: ([first]) => first === 'help', load: async () => Help },
]

const links = [
  ['', words.pages.overview],
  ['transactions', words.pages.transactions],
  ['files', words.pages.files],
  ['exports', words.pages.exports],
  ['help', words.pages.help],
] as const

/** `g`, then one of these. */
const shortcuts: Readonly<Record<string, string>> = { o: '', t: 'transactions', f: 'files', e: 'exports' }

export function App() {
  const route = useRoute()
  const [, again] = useReducer((times: number) => times + 1, 0)
  useEffect(() => session.listen(() => again(undefined)), [])
  useShortcuts()
  const { state } = session
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {words.skip}
      </a>
      <header class="top">
        <div class="top-in">
          <a class="brand" href="#/">
            {words.product}
          </a>
          <nav aria-label={words.menu}>
            {links.map(([path, name]) => (
              <a key={path} href={`#/${path}`} aria-current={isIn(route, path) ? 'page' : undefined}>
                {name}
              </a>
            ))}
          </nav>
          {state.is === 'signed-in' && (
            <span class="who">
              <span>{state.email}</span>
              <Button onClick={() => void session.signOut()}>{words.signIn.out}</Button>
            </span>
          )}
        </div>
      </header>
      <Reach />
      {state.is === 'expired' && (
        <div class="notice bad bar" role="alert">
          <span>{words.signIn.expired}</span>
          <Button onClick={() => void session.signIn()}>{words.signIn.button}</Button>
        </div>
      )}
      <main id="main" tabIndex={-1}>
        {state.is === 'signed-out' ? <SignIn /> : <Shown route={route} />}
      </main>
      <Announcer />
    </>
  )
}

function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function isIn({ path: [first = ''] }: Route, path: string): boolean {
  return first === path || (path === '' && (first === 'connections' || first === 'connect'))
}

function Shown({ route }: PageProps) {
  const found = pages.find(({ at }) => at(route.path))
  const [shown, setShown] = useState<{ of: typeof found; Page: Page } | undefined>(
    found === pages[0] ? { of: found, Page: Overview } : undefined,
  )
  const [isBroken, setBroken] = useState(false)
  useEffect(() => {
    let isWanted = true
    setBroken(false)
    found?.load().then(
      (Page) => isWanted && setShown({ of: found, Page }),
      () => isWanted && setBroken(true),
    )
    return () => {
      isWanted = false
    }
  }, [found])
  if (found === undefined)
    return (
      <Fragment key="none">
        <Heading text={words.notFound} />
        <p>
          <a href="#/">{words.pages.overview}</a>
        </p>
      </Fragment>
    )
  if (isBroken) return <Broken sentence={words.unreachable} />
  if (shown === undefined || shown.of !== found) return <p class="late">{words.loading}</p>
  const { Page } = shown
  // Another address of the same page begins anew, apart from what stands behind its question mark.
  return (
    <Guarded key={route.path.join('/')}>
      <Page route={route} />
    </Guarded>
  )
}

/** A page that cannot be drawn says so: the others still can. */
function Guarded({ children }: { children: ComponentChildren }) {
  const [error] = useErrorBoundary()
  return error === undefined ? children : <Broken sentence={words.brokenPage} />
}

function Broken({ sentence }: { sentence: string }) {
  return (
    <p class="notice bad" role="alert">
      {sentence}
    </p>
  )
}

function SignIn() {
  return (
    <section class="hero">
      <Heading text={words.signIn.title} />
      <p>{words.signIn.text}</p>
      <Button isPrimary onClick={() => void session.signIn()}>
        {words.signIn.button}
      </Button>
    </section>
  )
}

/** Says since when there is no answer. */
function Reach() {
  const [, again] = useReducer((times: number) => times + 1, 0)
  useEffect(() => {
    const changed = () => again(undefined)
    reach.listeners.add(changed)
    return () => {
      reach.listeners.delete(changed)
    }
  }, [])
  if (reach.lostSince === undefined) return null
  return (
    <div class="notice doubt bar" role="alert">
      {words.offline(reach.lostSince)}
    </div>
  )
}

function useShortcuts(): void {
  useEffect(() => {
    let went = 0
    const pressed = (event: KeyboardEvent) => {
      if (!currentSettings().shortcuts || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.target instanceof Element && event.target.closest('input, select, textarea, dialog')) return
      const to = Date.now() - went < 1_500 ? shortcuts[event.key] : undefined
      went = 0
      if (to !== undefined) go(`#/${to}`)
      else if (event.key === 'g') went = Date.now()
      else if (event.key === '?') go('#/help')
      else if (event.key === '/') {
        const search = document.querySelector<HTMLElement>('[data-search]')
        if (search === null) go('#/transactions?find=1')
        else search.focus()
      } else return
      event.preventDefault()
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
}
