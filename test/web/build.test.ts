import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { buildConsole } from '../../web/build.ts'
import { consoleHeaders } from '../../web/headers.ts'

const kB = 1_000

describe('the console as it is built', async () => {
  const files = await buildConsole()
  const text = (path: string) =>
    new TextDecoder().decode(files.find((file) => file.path === path)?.body ?? new Uint8Array())
  const size = (paths: readonly string[]) => paths.reduce((sum, path) => sum + gzipSync(text(path)).length, 0)
  const named = (extension: string) =>
    files.map(({ path }) => path).filter((path) => path.endsWith(extension))
  const page = text('/')

  /** The script of the page and all that it imports at its top, as a browser loads them before it shows anything. */
  function atStart(path: string, met = new Set<string>()): ReadonlySet<string> {
    if (met.has(path)) return met
    met.add(path)
    for (const [, name] of text(path).matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g))
      atStart(`/assets/${name}`, met)
    return met
  }

  it('shows its first page with 25 kB of script, all of them with 60, with 8 kB of style', () => {
    const [, script = ''] = /src="\.(\/assets\/[^"]+)"/.exec(page) ?? []
    expect(size([...atStart(script)])).toBeLessThanOrEqual(25 * kB)
    expect(size(named('.js'))).toBeLessThanOrEqual(60 * kB)
    expect(size(named('.css'))).toBeLessThanOrEqual(8 * kB)
  })

  it('has a page without any script, style or address of its own, and files that are named by what they hold', () => {
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)|https?:| on\w+=/)
    for (const { path, isImmutable } of files) expect(isImmutable).toBe(path !== '/')
    expect(named('.js').join()).not.toMatch(/zod|hono/)
  })

  it('lets nothing run, be shown or be asked but its own files', () => {
    const policy = consoleHeaders()['Content-Security-Policy']
    expect(policy).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';",
    )
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/)
  })
})
