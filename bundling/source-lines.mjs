import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Stack traces name the lines of the sources. Node would do so by itself, at the cost of all maps in memory from the start; here a map is
 * read when somebody looks at a stack.
 */
export function tellSourceLines(program, root) {
  const maps = new Map()
  const mapOf = (url) => {
    if (!maps.has(url))
      maps.set(url, new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8'))))
    return maps.get(url)
  }
  const placed = (site) =>
    site.replace(/(file:\/\/[^\s()]+\.mjs):(\d+):(\d+)/, (place, url, line, column) => {
      if (!url.startsWith(program)) return place
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
