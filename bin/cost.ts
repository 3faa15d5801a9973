import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { costPage } from './cost/page.ts'

/** Writes what running the importer costs; `--check` fails when the committed page says something else. */
const path = fileURLToPath(new URL('../docs/cost.md', import.meta.url))
const page = costPage()

if (!process.argv.includes('--check')) await writeFile(path, page)
else if ((await readFile(path, 'utf8').catch(() => '')) !== page) {
  process.stderr.write(
    'docs/cost.md differs from its prices and assumptions: run `npm run cost` and commit it.\n',
  )
  process.exitCode = 1
}
