import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, type AppProps } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { z } from 'zod'
import { type EntryName, entryNames } from '../../lib/bundle.ts'
import { parseStages, type StageInput } from '../../lib/config.ts'
import { addStage } from '../../lib/stages.ts'

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()) })

/** The flags of `cdk.json`, which `cdk synth` reads itself. */
const { context } = cdkJson.parse(
  JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')),
)

const root = mkdtempSync(join(tmpdir(), 'placeholders-'))

/** A folder for each function, with code that does nothing. */
export const placeholders: ReadonlyMap<EntryName, { readonly directory: string }> = new Map(
  entryNames.map((entry) => {
    const directory = join(root, entry)
    mkdirSync(directory)
    writeFileSync(join(directory, 'index.mjs'), `// ${entry}\n`)
    return [entry, { directory }]
  }),
)

/** A console of one page and one script. */
const site = { pages: join(root, 'console/pages'), assets: join(root, 'console/assets') }
for (const [directory, name] of [
  [site.pages, 'index.html'],
  [site.assets, 'console-0.js'],
] as const) {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, name), `${name}\n`)
}

/** What the stacks are said to be made from. */
export const commit = '0123456789abcdef0123456789abcdef01234567'

/** An app with these stages. The code of their functions is always the same: what they run does not matter here. */
export function appOf(inputs: readonly StageInput[], props: AppProps = {}): App {
  const app = new App({ ...props, context })
  for (const stage of parseStages(inputs)) addStage(app, stage, placeholders, site, commit)
  return app
}

/** Without the checks of CDK's own, which take most of the time: `guard-rails` has them. */
export function uncheckedApp(): App {
  return new App({ context, builtinCloudFormationValidation: false, treeMetadata: false })
}

/** The stacks of one stage. */
export function stacksOf(input: StageInput) {
  const [stage] = parseStages([input])
  if (stage === undefined) throw new Error('There is no stage.')
  return addStage(uncheckedApp(), stage, placeholders, site, commit)
}

export function templateOf(
  stack: 'network' | 'data' | 'sync' | 'exports' | 'api' | 'operations',
  input: StageInput,
) {
  const found = stacksOf(input)[stack]
  if (found === undefined) throw new Error(`The stage has no ${stack} stack.`)
  return Template.fromStack(found)
}
