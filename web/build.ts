import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A file of the console as it is served; `path` begins with a slash. */
export type ConsoleFile = {
  readonly path: string
  readonly contentType: string
  readonly body: Uint8Array
  /** Its name is made of its content: it may be kept for ever. */
  readonly isImmutable: boolean
}

const here = fileURLToPath(new URL('.', import.meta.url))

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** The whole console, its code divided by page. Takes about a tenth of a second; nothing is written. */
export async function buildConsole(): Promise<readonly ConsoleFile[]> {
  const { outputFiles } = await build({
    entryPoints: { console: 'main.tsx' },
    absWorkingDir: here,
    outdir: 'assets',
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  })
  const assets = outputFiles.map(({ path, contents }) => asset(basename(path), contents))
  const icon = await readFile(`${here}icon.svg`)
  const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`
  const page = (await readFile(`${here}index.html`, 'utf8'))
    .replace('ICON', iconName)
    .replace('STYLE', entryName(assets, 'css'))
    .replace('SCRIPT', entryName(assets, 'js'))
  return [
    {
      path: '/',
      contentType: 'text/html; charset=utf-8',
      body: new TextEncoder().encode(page),
      isImmutable: false,
    },
    ...assets,
    { path: `/assets/${iconName}`, contentType: 'image/svg+xml', body: icon, isImmutable: true },
  ]
}

function asset(name: string, body: Uint8Array): ConsoleFile {
  const contentType = types[name.split('.').at(-1) ?? '']
  if (contentType === undefined) throw new Error(`The console has a file of an unknown kind: ${name}`)
  return { path: `/assets/${name}`, contentType, body, isImmutable: true }
}

function entryName(assets: readonly ConsoleFile[], extension: string): string {
  const found = assets.find(({ path }) => new RegExp(`/console-\\w+\\.${extension}$`).test(path))
  if (found === undefined) throw new Error(`The console was built without its ${extension}.`)
  return basename(found.path)
}
