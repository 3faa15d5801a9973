import { useState } from 'preact/hooks'
import { words } from '../words.ts'
import { announce } from './announce.tsx'
import { Button } from './controls.tsx'

/** Puts a text where it can be pasted from. */
export function Copy({ text, label = words.copy, of }: { text: string; label?: string; of?: string }) {
  const [isDone, setDone] = useState(false)
  return (
    <Button
      label={of === undefined ? undefined : `${label} ${of}`}
      onClick={() =>
        void navigator.clipboard.writeText(text).then(() => {
          setDone(true)
          announce(words.copied)
          setTimeout(() => setDone(false), 3_000)
        })
      }
    >
      {isDone ? words.copied : label}
    </Button>
  )
}
