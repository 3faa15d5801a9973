import type { AccountNames } from '../domain/export-format.ts'

/** What journals call their accounts unless told otherwise. Each tool's own spelling comes on top of it. */
export const defaultAccounts: AccountNames = {
  assets: 'assets:{exchange}:{subaccount}:{wallet}',
  fees: 'expenses:{exchange}:{subaccount}:fees',
  gains: 'income:{exchange}:{subaccount}:{cause}',
  losses: 'expenses:{exchange}:{subaccount}:{cause}',
  transfers: 'equity:{exchange}:{subaccount}:transfers',
  trading: 'equity:{exchange}:{subaccount}:trading',
  opening: 'equity:{exchange}:{subaccount}:opening',
}

export type AccountRole = keyof AccountNames

/** What fills the places of a template. What has no meaning for an account is empty. */
export type AccountPlaces = {
  readonly exchange: string
  readonly subaccount: string
  readonly wallet: string
  readonly cause: string
}

/**
 * The components of an account's name, none of them empty. What fills a place never opens a component of its own:
 * each component is spelled by `spell`, which is the tool's and escapes colons.
 */
export function accountPath(
  template: string,
  places: AccountPlaces,
  spell: (component: string) => string,
): readonly string[] {
  const values = new Map(Object.entries(places))
  return template
    .split(':')
    .map((component) => filled(component, values))
    .map((component) => (component.trim() === '' ? '' : spell(component.trim())))
    .filter((component) => component !== '')
}

function filled(component: string, values: ReadonlyMap<string, string>): string {
  let isPartial = false
  const text = component.replaceAll(/\{(\w+)\}/g, (place, name: string) => {
    const value = values.get(name) ?? place
    if (value === '') isPartial = true
    return value
  })
  // `{exchange}-{subaccount}` of an account without sub-account is `bitmart`, not `bitmart-`.
  return isPartial ? text.replaceAll(/^[\s._-]+|[\s._-]+$/g, '') : text
}

/** A character that a tool has no place for, by its code point: `x3b` for a semicolon. */
export function codePoint(character: string): string {
  return `x${(character.codePointAt(0) ?? 0).toString(16)}`
}
