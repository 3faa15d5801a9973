/** A day, or a time of one, as the API writes it. */
const time = /(\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)/

/** What the API says, a sentence each; no line ends in the middle of a date. */
export function Sentences({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <ul class="sentences">
      {lines.map((line) => (
        <li key={line}>{unbroken(line)}</li>
      ))}
    </ul>
  )
}

function unbroken(line: string) {
  return line.split(time).map((part, place) =>
    place % 2 === 0 ? (
      part
    ) : (
      <span key={place} class="unbroken">
        {part}
      </span>
    ),
  )
}
