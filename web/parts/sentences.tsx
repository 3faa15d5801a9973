/** A day, or a time of one, as the API or a page writes it; or the name of a part. */
const whole = /((?:\d{4}-\d\d-\d\d|\d+ \w{3,4} \d{4})(?: \d\d:\d\d)?|\([\w-]+\))/

/** What the API says, a sentence each; no line ends in the middle of a date or a name. */
export function Sentences({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <ul class="sentences">
      {lines.map((line, place) => (
        <li key={place}>{unbroken(line)}</li>
      ))}
    </ul>
  )
}

function unbroken(line: string) {
  return line.split(whole).map((part, place) =>
    place % 2 === 0 ? (
      part
    ) : (
      <span key={place} class="unbroken">
        {part}
      </span>
    ),
  )
}
