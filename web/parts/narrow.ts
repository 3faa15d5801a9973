import { useEffect, useState } from 'preact/hooks'

/** Whether the window is as narrow as a phone. */
export function useNarrow(): boolean {
  const query = '(max-width: 47.99rem)'
  const [isNarrow, setNarrow] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const media = matchMedia(query)
    const changed = () => setNarrow(media.matches)
    media.addEventListener('change', changed)
    return () => media.removeEventListener('change', changed)
  }, [])
  return isNarrow
}
