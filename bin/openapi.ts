import { readFile, writeFile } from 'node:fs/promises'
import { apiDocument } from '../lambdas/api/openapi.ts'

/** Writes the API's document next to the code; `--check` fails when the committed one says something else. */
const path = new URL('../docs/openapi.json', import.meta.url)
const document = `${JSON.stringify(apiDocument(), null, 2)}\n`

if (process.argv.includes('--check')) {
  const committed = await readFile(path, 'utf8').catch(() => '')
  if (committed !== document) {
    process.stderr.write('docs/openapi.json differs from the routes: run `npm run openapi` and commit it.\n')
    process.exitCode = 1
  }
} else {
  await writeFile(path, document)
}
