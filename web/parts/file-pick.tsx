import { useEffect, useState } from 'preact/hooks'
import { fileWords } from '../words/files.ts'

const texts = fileWords

/** Where a file is chosen or dropped. The field itself stays a field, so that keyboard and screen reader know it. */
export function FilePick({
  isOff,
  take,
  label = texts.pick,
}: {
  isOff: boolean
  take: (file: File) => void
  label?: string
}) {
  const [isOver, setOver] = useState(false)
  const [isMany, setMany] = useState(false)
  // A file that is dropped beside its place would take the place of the page.
  useEffect(() => {
    const stay = (event: Event) => event.preventDefault()
    const events = ['dragover', 'drop'] as const
    for (const name of events) addEventListener(name, stay)
    return () => {
      for (const name of events) removeEventListener(name, stay)
    }
  }, [])
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <div
      class={`drop${isOver ? ' over' : ''}`}
      onDragOver={over}
      onDragEnter={over}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const [file, more] = event.dataTransfer?.files ?? []
        setMany(more !== undefined)
        if (file !== undefined && more === undefined && !isOff) take(file)
      }}
    >
      <label class={`button primary${isOff ? ' off' : ''}`} for="file">
        {label}
      </label>
      <input
        id="file"
        class="unseen"
        type="file"
        accept=".csv,.tsv,.txt,.xlsx,.zip,.json,.jsonl"
        disabled={isOff}
        aria-describedby="file-hint"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          // The same file may be chosen again.
          currentTarget.value = ''
          setMany(false)
          if (file !== undefined) take(file)
        }}
      />
      <span class="soft">{texts.drop}</span>
      <p id="file-hint" class="hint soft">
        {texts.hint}
      </p>
      {isMany && (
        <p class="bad-text" role="alert">
          {texts.oneByOne}
        </p>
      )}
    </div>
  )
}
