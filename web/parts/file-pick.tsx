import { useState } from 'preact/hooks'
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
        const [file] = event.dataTransfer?.files ?? []
        if (file !== undefined && !isOff) take(file)
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
          if (file !== undefined) take(file)
        }}
      />
      <span class="soft">{texts.drop}</span>
      <p id="file-hint" class="hint soft">
        {texts.hint}
      </p>
    </div>
  )
}
