/** Abbreviations that people know their clocks by. Several places share each, so they are hints and never taken. */
const placesOf: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'ET EST EDT EST5EDT': ['America/New_York', 'America/Toronto'],
    'CT CST CDT CST6CDT': ['America/Chicago', 'America/Mexico_City'],
    'MT MST MDT MST7MDT': ['America/Denver', 'America/Phoenix'],
    'PT PST PDT PST8PDT': ['America/Los_Angeles', 'America/Vancouver'],
    'CET CEST MET MEZ MESZ': ['Europe/Berlin', 'Europe/Paris'],
    'EET EEST': ['Europe/Athens', 'Europe/Helsinki'],
    'WET WEST': ['Europe/Lisbon'],
    'BST GB UK': ['Europe/London'],
    MSK: ['Europe/Moscow'],
    TRT: ['Europe/Istanbul'],
    IST: ['Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem'],
    'JST JAPAN': ['Asia/Tokyo'],
    KST: ['Asia/Seoul'],
    'SGT SINGAPORE': ['Asia/Singapore'],
    'HKT HONGKONG': ['Asia/Hong_Kong'],
    'AEST AEDT': ['Australia/Sydney', 'Australia/Brisbane'],
    'NZST NZDT NZ': ['Pacific/Auckland'],
    'BRT BRST': ['America/Sao_Paulo'],
    'GMT Z ZULU UCT': ['UTC', 'Europe/London'],
  }).flatMap(([names, places]) =>
    names.split(' ').map((name): [string, readonly string[]] => [name, places]),
  ),
)

/** Names of today that engines list under an older one, if at all. */
const newerNames = ['Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Ho_Chi_Minh', 'Asia/Yangon', 'Europe/Kyiv']

const most = 3

/** Names of time zones that somebody who typed this may have meant, the likeliest first. */
export function nearTimezones(typed: string): readonly string[] {
  const wanted = plain(typed)
  const places = placesOf.get(wanted.toUpperCase())
  if (places !== undefined) return places
  if (wanted.length < 3) return []
  const known = ['UTC', ...newerNames, ...Intl.supportedValuesOf('timeZone')]
  return known
    .map((name) => ({ name, distance: distanceTo(name, wanted) }))
    .filter(({ distance }) => distance < 1)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name)
}

/** 0 for the same letters, below 1 for what is alike: the whole name, or its last part, which is what people type. */
function distanceTo(name: string, wanted: string): number {
  const parts = [plain(name), plain(name.slice(name.lastIndexOf('/') + 1))]
  return Math.min(...parts.map((part) => differences(part, wanted) / tolerance(wanted)))
}

/** One slip in four letters. */
function tolerance(wanted: string): number {
  return Math.floor(wanted.length / 4) + 1
}

/** How people write: in any case, with blanks. */
function plain(name: string): string {
  return name
    .trim()
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '')
}

/** Letters to be changed, added or left out (Levenshtein). */
function differences(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_none, index) => index)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (const [place, wanted] of [...other].entries())
      next.push(
        Math.min(
          (next[place] ?? 0) + 1,
          (row[place + 1] ?? 0) + 1,
          (row[place] ?? 0) + (letter === wanted ? 0 : 1),
        ),
      )
    row = next
  }
  return row.at(-1) ?? 0
}
