import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { words } from '../words.ts'

/** Where the window was when it was opened, or where a heading took the focus last. */
let stoodAt = pathOf(location.hash)
let hasMoved = false

function pathOf(hash: string): string | undefined {
  return hash.split('?')[0]
}

/** The heading of a page: gives the window its title, and is where one stands after coming from another page. */
export function Heading({ text, children }: { text: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = words.title(text)
  }, [text])
  useEffect(() => {
    const path = pathOf(location.hash)
    const isElsewhere = path !== stoodAt
    // Whoever has just come to read is not moved; a heading that takes the place of another takes its focus.
    if (isElsewhere || (hasMoved && document.activeElement === document.body)) heading.current?.focus()
    hasMoved ||= isElsewhere
    stoodAt = path
  }, [])
  return (
    <h1 tabIndex={-1} ref={heading}>
      {text}
      {children}
    </h1>
  )
}
