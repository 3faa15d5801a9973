import { useEffect, useRef, useState } from 'preact/hooks'

/** Where one is: what stands behind the hash never reaches a server. */
export type Route = { readonly path: readonly string[]; readonly query: URLSearchParams }

function readRoute(hash = location.hash): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  return { path: path.split('/').filter(Boolean).map(unescaped), query: new URLSearchParams(query) }
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export function useRoute(): Route {
  const shown = useRef(location.hash)
  const [route, setRoute] = useState(() => readRoute(shown.current))
  useEffect(() => {
    const changed = () => setRoute(readRoute())
    addEventListener('hashchange', changed)
    // It may have changed before anybody listened.
    if (location.hash !== shown.current) changed()
    return () => removeEventListener('hashchange', changed)
  }, [])
  return route
}

export function go(address: string): void {
  location.hash = address
}

/** The same page with other parameters; an empty one is left out. */
export function withQuery(
  path: string,
  query: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const changed = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') changed.delete(name)
    else changed.set(name, value)
  }
  const text = changed.toString()
  return `#/${path}${text === '' ? '' : `?${text}`}`
}
