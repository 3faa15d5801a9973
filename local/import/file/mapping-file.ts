import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { TableRead } from '../../../lambdas/statements/file-plan.ts'
import { knownFormats } from '../../../lambdas/statements/known-formats.ts'
import { type Layout, layoutSchema } from '../../../lambdas/statements/layout.ts'
import { layoutProblems } from '../../../lambdas/statements/layout-problems.ts'
import { inHeadings } from '../../../lambdas/statements/named-columns.ts'
import type { Settings } from '../../../lambdas/statements/read-statement.ts'
import { isSystemError } from '../../terminal.ts'
import { InvalidInputError } from '../invalid-input.ts'
import { contentOf } from './file-content.ts'

/** Where it is told what a mapping says. */
const guide = 'npm run import -- --file --help'

/** What the columns mean, as its owner wrote it down. Throws `InvalidInputError`. */
export async function layoutIn(path: string): Promise<Layout> {
  const text = new TextDecoder().decode(await contentOf(path))
  const written = jsonOf(text, path)
  const parsed = layoutSchema.safeParse(written)
  if (parsed.success) return parsed.data
  throw new InvalidInputError(
    `${path} does not say what columns mean. ${layoutProblems(parsed.error, written).join(' ')} ${guide} tells what it may say.`,
  )
}

function jsonOf(text: string, path: string): unknown {
  try {
    return z.json().parse(JSON.parse(text))
  } catch {
    throw new InvalidInputError(
      `${path} is no JSON: ${guide} has an example, and the importer shows how one may begin where --map is missing.`,
    )
  }
}

/**
 * What was said of the columns, with what was said of dates and numbers: all that a file of the same header needs. Undefined where
 * they are known without. Throws `InvalidInputError` where tables were said to be of different columns.
 */
export function mappingIn({ layouts = {}, dateOrder, decimalSigns = {} }: Settings): Layout | undefined {
  const different = new Map(Object.values(layouts).map((one) => [JSON.stringify(one), one]))
  const [layout, ...others] = different.values()
  if (layout === undefined || others.length > 0) return undefined
  const signs = [...new Set(Object.values(decimalSigns))]
  const [sign] = signs
  return {
    ...layout,
    ...(dateOrder !== undefined && { dateOrder }),
    ...(sign !== undefined && signs.length === 1 && { decimalSign: sign }),
  }
}

/** What holds where nothing is said. */
const usual = new Map<string, unknown>(
  Object.entries(layoutSchema.shape).flatMap(([name, field]) => {
    const unsaid = field.safeParse(undefined)
    return unsaid.success ? [[name, unsaid.data]] : []
  }),
)

/** As short as its owner would write it. */
export function shortMapping(layout: Layout): object {
  const said = Object.entries(layout).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(usual.get(name)),
  )
  return Object.fromEntries(said)
}

/** What is known of the columns without their owner, for whoever wants to say it otherwise. Undefined where tables have several headers. */
export function knownMapping(tables: readonly TableRead[]): Layout | undefined {
  const [format, ...others] = new Set(tables.map((table) => table.format))
  const layout = others.length > 0 ? undefined : knownFormats.find(({ id }) => id === format)?.layout
  return layout === undefined ? undefined : inHeadings(layout, tables[0]?.preview.header?.columns ?? [])
}

/** Throws `InvalidInputError`. */
export async function saveMapping(path: string, mapping: Layout | undefined, file: string): Promise<void> {
  if (mapping === undefined)
    throw new InvalidInputError(
      `Nothing was stored: --save-map writes what was said of columns, and of ${file} there is not one such thing: its headers ` +
        'are known, or several. Leave --save-map out.',
    )
  try {
    await writeFile(path, `${JSON.stringify(shortMapping(mapping), undefined, 2)}\n`, { flag: 'wx' })
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new InvalidInputError(
      error.code === 'EEXIST'
        ? `${path} is there already, and --save-map overwrites nothing: name another file.`
        : `${path} cannot be written (${error.code}): name another file with --save-map.`,
    )
  }
}
