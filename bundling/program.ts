import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { bundled } from './bundled.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Puts the programs of this computer into `directory`: `command-line.mjs`, what it imports, and the map of each to our sources. */
export async function bundleProgram(directory: string): Promise<void> {
  const { metafile, outputFiles, warnings } = await build({
    ...bundled,
    entryPoints: { 'command-line': 'local/command-line.ts' },
    outdir: directory,
    absWorkingDir: root,
    target: 'node20',
    // Not the settings of whichever project the package is installed in.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    // Read when an error is told, and not when the program starts, which would cost its memory.
    sourcemap: 'external',
    sourcesContent: false,
    write: false,
    metafile: true,
    plugins: [leaveInPlace, keepPlaces, findCcxt, ...bundled.plugins],
  })
  const [warning] = warnings
  if (warning !== undefined) throw new Error(`${warning.location?.file ?? ''}: ${warning.text}`)
  const ours = new Set(
    Object.entries(metafile.outputs).flatMap(([path, { inputs }]) =>
      Object.keys(inputs).some((input) => !input.includes('node_modules/')) ? [basename(path)] : [],
    ),
  )
  const wanted = outputFiles.filter(({ path }) => !path.endsWith('.map') || ours.has(basename(path, '.map')))
  await mkdir(directory, { recursive: true })
  // On the disk before the folder has its name, so that no loss of power leaves half a program.
  for (const { path, contents } of wanted)
    await writeFile(join(directory, basename(path)), contents, { flush: true })
}

/** These look for a binary beside themselves. */
const leaveInPlace: Plugin = {
  name: 'leave-in-place',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^(classic-level|esbuild)$/ }, async ({ path, pluginData, ...how }) => {
      if (pluginData === inPlace) return undefined
      const found = await resolve(path, { ...how, pluginData: inPlace })
      const isRequired = how.kind === 'require-call'
      return { path: isRequired ? found.path : pathToFileURL(found.path).href, external: true }
    })
  },
}

const inPlace = Symbol('in place')

/** What reads a file beside itself finds it from where it was written. */
const keepPlaces: Plugin = {
  name: 'keep-places',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](lambdas|local|web)[\\/].*\.ts$/ }, async ({ path }) => {
      const written = await readFile(path, 'utf8')
      const place = JSON.stringify(pathToFileURL(path).href)
      return { contents: written.replaceAll('import.meta.url', place), loader: 'ts' }
    })
  },
}

/** The driver names a class of ccxt by its file. Installed as a package, ccxt lies elsewhere: beside us, where Node would find it. */
const findCcxt: Plugin = {
  name: 'find-ccxt',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/node_modules\/ccxt\/js\/[^/]+\// }, async ({ path, kind, resolveDir }) => {
      const entry = await resolve('ccxt', { kind, resolveDir })
      return { path: join(dirname(entry.path), path.slice(path.indexOf('/ccxt/js/') + '/ccxt/js/'.length)) }
    })
  },
}
