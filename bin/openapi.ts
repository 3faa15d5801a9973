import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { apiDocument } from '../lambdas/api/openapi.ts'

/** Writes the API's document next to the code; `--check` fails when the committed one says something else. */
const path = fileURLToPath(new URL('../docs/openapi.json', import.meta.url))
const document = formatted(JSON.stringify(apiDocument()))

if (process.argv.includes('--check')) {
  const committed = await readFile(path, 'utf8').catch(() => '')
  if (committed !== document) {
    process.stderr.write('docs/openapi.json differs from the routes: run `npm run openapi` and commit it.\n')
    process.exitCode = 1
  }
} else {
  await writeFile(path, document)
}

/** As the formatter has every file here, so that the style check has nothing to say. */
function formatted(json: string): string {
  const biome = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'))
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    input: json,
    encoding: 'utf8',
  })
}
