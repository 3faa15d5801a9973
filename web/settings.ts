import { useReducer } from 'preact/hooks'

/** What is remembered in this browser; nothing else is. */
type Settings = { readonly theme: 'system' | 'light' | 'dark'; readonly shortcuts: boolean }

const place = 'exchange-history'

function read(): Settings {
  try {
    const stored: Partial<Settings> = JSON.parse(localStorage.getItem(place) ?? '{}')
    return {
      theme: stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : 'system',
      shortcuts: stored.shortcuts !== false,
    }
  } catch {
    return { theme: 'system', shortcuts: true }
  }
}

let settings = read()

export function currentSettings(): Settings {
  return settings
}

export function applyTheme(): void {
  if (settings.theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = settings.theme
}

/** The settings, and how they are changed. */
export function useSettings(): [Settings, (change: Partial<Settings>) => void] {
  const [, again] = useReducer((times: number) => times + 1, 0)
  return [
    settings,
    (change) => {
      settings = { ...settings, ...change }
      applyTheme()
      try {
        localStorage.setItem(place, JSON.stringify(settings))
      } catch {
        // A browser that keeps nothing still shows it until the page is closed.
      }
      again(undefined)
    },
  ]
}
