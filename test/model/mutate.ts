import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { mergesRight } from '../statements/histories.ts'
import type { mergesInParts } from '../statements/histories-in-parts.ts'
import type { tellsEachOnce } from '../statements/told-worlds.ts'
import type { filesGiveOneHistory } from './file-lives.ts'
import type { futuresAddUp } from './futures-sums.ts'
import type { live } from './live.ts'
import type { Engine } from './sync-engine.ts'
import type { World } from './world.ts'

/** One text of one file in place of another. The text must occur exactly once. */
type Edit = { readonly file: string; readonly find: string; readonly replace: string }

/** A bug that somebody could bring in. */
export type Mutant = Edit & {
  readonly name: string
  /** Where two rules guard against one kind of bug, the other must fall too. In another file. */
  readonly also?: Edit
  /** Where it shows, when chance meets it too rarely. */
  readonly worlds?: readonly World[]
  /** In which of the random worlds it was seen: looked into first, and all the others if it is not to be seen there any more. */
  readonly seenIn?: number
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The source of each file with the bug in it. Throws when a text that it replaces is not there exactly once. */
export async function mutated({ name, also, ...first }: Mutant): Promise<ReadonlyMap<string, string>> {
  const sources = new Map<string, string>()
  for (const { file, find, replace } of also === undefined ? [first] : [first, also]) {
    const source = await readFile(join(root, file), 'utf8')
    const times = source.split(find).length - 1
    if (times !== 1)
      throw new Error(`The mutant "${name}" no longer applies: its text occurs ${times} times in ${file}.`)
    sources.set(
      join(root, file),
      source.replace(find, () => replace),
    )
  }
  return sources
}

/** The engine with a bug in it, or without any. */
export async function bundledEngine(mutant?: Mutant): Promise<Engine> {
  const { engine } = await bundled<{ engine: Engine }>('sync-engine.ts', mutant)
  return engine
}

/** The life of users in which this bug was brought in, or none. */
export async function bundledLife(mutant?: Mutant): Promise<typeof live> {
  const module = await bundled<{ live: typeof live }>('live.ts', mutant)
  return module.live
}

/** What is asked of money in exports, with this bug brought in, or none. */
export async function bundledSums(mutant?: Mutant): Promise<typeof futuresAddUp> {
  const module = await bundled<{ futuresAddUp: typeof futuresAddUp }>('futures-sums.ts', mutant)
  return module.futuresAddUp
}

/** What is asked of merged histories, with this bug brought in, or none. */
export async function bundledMerge(mutant?: Mutant): Promise<typeof mergesRight> {
  const module = await bundled<{ mergesRight: typeof mergesRight }>('../statements/histories.ts', mutant)
  return module.mergesRight
}

/** What is asked of histories that are merged block by block, with this bug brought in, or none. */
export async function bundledParts(mutant?: Mutant): Promise<typeof mergesInParts> {
  const module = await bundled<{ mergesInParts: typeof mergesInParts }>(
    '../statements/histories-in-parts.ts',
    mutant,
  )
  return module.mergesInParts
}

/** What is asked of accounts of which several files tell, with this bug brought in, or none. */
export async function bundledTold(mutant?: Mutant): Promise<typeof tellsEachOnce> {
  const module = await bundled<{ tellsEachOnce: typeof tellsEachOnce }>(
    '../statements/told-worlds.ts',
    mutant,
  )
  return module.tellsEachOnce
}

/** What is asked of files and syncs in any order, with this bug brought in, or none. */
export async function bundledFiles(mutant?: Mutant): Promise<typeof filesGiveOneHistory> {
  const module = await bundled<{ filesGiveOneHistory: typeof filesGiveOneHistory }>('file-lives.ts', mutant)
  return module.filesGiveOneHistory
}

/** A file of the model and all that it imports from this project, bundled and loaded into this process. */
async function bundled<T>(entry: string, mutant?: Mutant): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'mutant-'))
  try {
    const outfile = join(directory, 'engine.mjs')
    await build({
      entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
      plugins: [packagesFromHere, ...(mutant === undefined ? [] : [replaceSources(await mutated(mutant))])],
    })
    return await import(/* @vite-ignore */ pathToFileURL(outfile).href)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Packages are not bundled, and found although the bundle lies elsewhere. */
const packagesFromHere: Plugin = {
  name: 'packages-from-here',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('node:')
        ? undefined
        : { path: import.meta.resolve(path), external: true },
    )
  },
}

function replaceSources(sources: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'replace-sources',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = sources.get(path)
        return contents === undefined ? undefined : { contents, loader: 'ts' }
      })
    },
  }
}
