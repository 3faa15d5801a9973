/** BingX's own clock, and what else was seen behind its times. */
export const offsets = ['+0800', '+08:00', '+0700'] as const

/** Whole seconds on a clock with that offset: `2023-12-18T09:05:06.000+0800`. */
export function timeWithOffset(at: number, offset: (typeof offsets)[number]): string {
  return `${clock(at, offset === '+0700' ? 7 : 8)}.000${offset}`
}

/** `filledTm`: eight hours late, since it says `Z`. */
export function wrongTime(at: number): string {
  return `${clock(at, 8)}Z`
}

/** As older answers wrote it, by BingX's own clock. */
export function timeWithoutOffset(at: number): string {
  return clock(at, 8).replace('T', ' ')
}

function clock(at: number, hours: number): string {
  return new Date(at + hours * 3_600_000).toISOString().slice(0, 19)
}
