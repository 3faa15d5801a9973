import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildConsole } from '../web/build.ts'

/** The console as it is put into its bucket: what is asked for anew each time, and what is named by its content. */
export type Site = { readonly pages: string; readonly assets: string }

/** Builds the console into `directory`, where nothing else is kept. */
export async function writeSite(directory: string): Promise<Site> {
  await rm(directory, { recursive: true, force: true })
  const [pages, assets] = [join(directory, 'pages'), join(directory, 'assets')]
  for (const { path, body, isImmutable } of await buildConsole()) {
    const file = isImmutable ? join(assets, path.replace('/assets/', '')) : join(pages, 'index.html')
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, body)
  }
  return { pages, assets }
}
