import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Stack traces name the lines of our sources. Node would do so by itself, at the cost of all maps in memory from the start; here a map is
 * read when a stack with a line of it is looked at, which Node's sockets do with every error of a package, and is let go of.
 */
export function tellSourceLines(program, root) {
  const maps = new Map()
  const mapOf = (url) => {
    const known = maps.get(url)?.deref()
    if (known !== undefined) return known
    const map = new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')))
    maps.set(url, new WeakRef(map))
    return map
  }
  const placed = (site) =>
    site.replace(/(file:\/\/[^\s()]+\.mjs):(\d+):(\d+)/, (place, url, line, column) => {
      if (!url.startsWith(program) || !existsSync(`${fileURLToPath(url)}.map`)) return place
      const { originalSource, originalLine, originalColumn } = mapOf(url).findEntry(line - 1, column - 1)
      if (originalSource === undefined) return place
      return `${relative(root, fileURLToPath(new URL(originalSource, url)))}:${originalLine + 1}:${originalColumn + 1}`
    })
  Error.prepareStackTrace = (error, sites) => {
    const lines = sites.map((site) => `    at ${site}`)
    try {
      return [error, ...lines.map(placed)].join('\n')
    } catch {
      return [error, ...lines].join('\n')
    }
  }
}
