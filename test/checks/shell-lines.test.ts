import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { formats } from '../../lambdas/formats/index.ts'
import { readConnectionsArguments } from '../../local/connections/arguments.ts'
import { readExportArguments } from '../../local/export/arguments.ts'
import { readArguments } from '../../local/import/arguments.ts'
import { readFileArguments } from '../../local/import/file/arguments.ts'
import { simulatedBingx } from '../../local/simulated-bingx/simulation.ts'
import { simulatedBitmart } from '../../local/simulated-bitmart/simulation.ts'
import { simulatedBitrue } from '../../local/simulated-bitrue/simulation.ts'
import type { Simulation } from '../../local/simulated-exchange/simulation.ts'
import { cdkPages, shellOf } from '../e2e/cloud/shell-lines.ts'

/**
 * Each line of shell that a page tells somebody to type is carried out by a test, or checked by what the program itself takes. A line that
 * is neither fails here: it belongs into one of the two.
 */

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(new URL('docs', root), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')))

/** Throws where a program does not take these words. */
const programs: Readonly<Record<string, (words: readonly string[]) => unknown>> = {
  import: (words) =>
    words.includes('--file')
      ? readFileArguments(words, exchanges)
      : readArguments(words, exchanges, Date.UTC(2026, 10, 27)),
  export: (words) => {
    const read = readExportArguments(words, formats)
    if ('command' in read && !formats.has(read.command.asked.format))
      throw new Error('there is no such format')
  },
  connections: (words) => readConnectionsArguments(words),
  status: (words) => takes(words, []),
  start: (words) => takes(words, ['--open']),
  demo: (words) => takes(words, ['--serve']),
  probe: (words) => {
    takes(words, ['--exchange'])
    exchangeOf(words[words.indexOf('--exchange') + 1] ?? '')
  },
  simulate: (words) => {
    const at = words.indexOf('--exchange')
    const simulation = at < 0 ? simulatedBitmart : simulations[words[at + 1] ?? '']
    if (simulation === undefined) throw new Error('nobody simulates that exchange')
    const plan = simulation.read(at < 0 ? words : words.toSpliced(at, 2))
    if ('wrong' in plan) throw new Error(plan.wrong)
  },
  bench: (words) => {
    if (words.length === 0) return
    expect(words[0]).toBe('--only')
    expect(read('test/bench/bench.ts')).toMatch(new RegExp(`^ {2}${words[1]},$`, 'm'))
  },
  smoke: (words) => takes(words, optionsIn('bin/smoke/run-smoke.ts')),
  'forget-user': (words) => takes(words, optionsIn('bin/forget-user.ts')),
  'restore-drill': (words) => {
    expect(words.length).toBeGreaterThanOrEqual(1)
    expect(words.length).toBeLessThanOrEqual(2)
  },
}
const simulations: Readonly<Record<string, Simulation>> = {
  bitmart: simulatedBitmart,
  bingx: simulatedBingx,
  bitrue: simulatedBitrue,
}

function takes(words: readonly string[], options: readonly string[]): void {
  for (const word of words)
    if (word.startsWith('-') && !options.includes(word)) throw new Error(`it does not take ${word}`)
}

function exchangeOf(name: string): void {
  if (!exchanges.has(name)) throw new Error(`there is no exchange ${name}`)
}

/** Those that a program hands to `parseArgs`. */
function optionsIn(path: string): readonly string[] {
  const [, block = ''] = /parseArgs\(\{[\s\S]*?options: \{([\s\S]*?)\n\s*\},\n/.exec(read(path)) ?? []
  return [...block.matchAll(/'?([\w-]+)'?: \{ type/g)].map(([, name = '']) => `--${name}`)
}

/** Throws where npm, or the script that it runs, does not take the words. */
function checkNpm([what = '', ...rest]: readonly string[], isBlock: boolean): void {
  // What npm itself does: an installation and a package, as .ci/run and test/e2e/package.test.ts do them.
  if (what === 'ci' || what === 'pack') {
    takes(rest, [])
    return
  }
  const words = rest.filter((word) => word !== '-s')
  const script = what === 'run' ? words[0] : what
  if (script === undefined || scripts[script] === undefined) throw new Error(`there is no script ${script}`)
  const at = words.indexOf('--')
  const own = at < 0 ? words.slice(what === 'run' ? 1 : 0) : words.slice(at + 1)
  const program = programs[script]
  // A sentence may name a program without saying what it is given.
  if (!isBlock && own.length === 0) return
  if (program !== undefined) program(own)
  else if (scripts[script].startsWith('vitest')) takes(own, ['--isolate'])
  else takes(own, ['--check'])
}

type Line = { readonly page: string; readonly text: string; readonly isBlock: boolean }

/** What a page tells to type, one command each; what continues on the next line is one. */
function linesOf(page: string): readonly Line[] {
  const { blocks } = shellOf(read(page))
  const prose = read(page).replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')
  const inline = [...prose.matchAll(/`((?:npm|npx|aws|curl|git|cdk|node) [^`]+)`/g)].map(([, text = '']) =>
    text.replaceAll(/\s+/g, ' '),
  )
  const ofBlocks = blocks.flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .flatMap((line) => line.replace(/(^|\s)#.*$/, '').split(' && '))
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )
  return [
    ...ofBlocks.map((text) => ({ page, text, isBlock: true })),
    ...inline.map((text) => ({ page, text, isBlock: false })),
  ]
}

/** The words of a line, as a shell would hand them over, without what is piped or written elsewhere. */
function wordsOf(text: string): readonly string[] {
  const [line = ''] = text.split(/ [|>]/)
  return (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll(/["']/g, ''))
}

/** Throws where a line is not what its program takes, or where nobody looks at it. */
function check(line: Line): void {
  const [program = '', ...words] = wordsOf(line.text.replace(/^\((?:cd \S+ ?)?/, '').replace(/\)$/, ''))
  if (program === 'npm') checkNpm(words, line.isBlock)
  else if (program === 'npx' && words[0] === 'exchange-history') {
    if (words.length > 1) checkNpm(['run', words[1] ?? '', '--', ...words.slice(2)], line.isBlock)
  } else if (!isCarriedOut(line, program, words)) throw new Error('nobody carries it out or checks it')
}

/** By another test. */
function isCarriedOut(line: Line, program: string, words: readonly string[]): boolean {
  const { page, text, isBlock } = line
  // What CI runs.
  if (text === '.ci/run') return true
  // By the help of the CDK, in test/e2e/cloud/runbook.test.ts.
  if (program === 'npx') return words[0] === 'cdk' && cdkPages.includes(page)
  // Below.
  if (program === 'git') return gitLines.includes(text)
  // By test/e2e/cloud/runbook.test.ts: all blocks of the runbook but for npm, npx and git, and its commands in sentences by the CLI's model.
  if (page === 'docs/runbook.md') return isBlock || program === 'aws'
  if (page !== 'README.md' || !isBlock) return false
  // By the same, and by test/e2e/readme-lines.test.ts.
  return /^(aws|export|[A-Z]+=\$\(aws) /.test(text) || program === 'curl'
}

const gitLines = ['git worktree add ../rollback "$DEPLOYED~1"', 'git pull']

describe('Every line of shell', () => {
  const lines = pages.flatMap(linesOf)

  it('in any page is carried out by a test, or is what its program takes', () => {
    expect(lines.length).toBeGreaterThan(150)
    const wrong = lines.flatMap((line) => {
      try {
        check(line)
        return []
      } catch (error) {
        return [`${line.page}: ${line.text}: ${error instanceof Error ? error.message : error}`]
      }
    })
    expect(wrong).toEqual([])
  })

  it.each([
    ['README.md', 'npm run imprt'],
    ['README.md', 'npm run import -- --exchnge bingx'],
    ['README.md', 'npm run -s probe -- --exchange kraken > report.md'],
    ['README.md', 'npm run simulate -- --sed 4'],
    ['README.md', 'npm run export -- --format nothing'],
    ['README.md', 'npm run connections -- renam a b'],
    ['README.md', 'npx exchange-history imports'],
    ['docs/runbook.md', 'npm run -s forget-user -- --usr X'],
    ['docs/console.md', 'npx cdk deploy'],
    ['docs/console.md', 'curl localhost:8787'],
    ['docs/console.md', 'aws s3 ls'],
    ['README.md', 'rm -rf .data'],
  ])('is looked at: of %s, "%s" would not pass', (page, text) => {
    expect(() => check({ page, text, isBlock: true })).toThrow()
  })

  it('of git makes a copy of the commit before what is deployed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollback-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const sh = (script: string) =>
      execFileSync('bash', ['--norc', '-eu', '-c', script], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
    const author = '-c user.name=a -c user.email=a@example.com'
    const commits = ['one', 'two'].map(
      (name) => `echo ${name} > file && git add file && git ${author} commit -qm ${name}`,
    )
    sh(`git init -q here && cd here && ${commits.join(' && ')}`)
    const [worktree = ''] = gitLines
    sh(`cd here && DEPLOYED=$(git rev-parse HEAD)\n${worktree}`)
    expect(readFileSync(join(folder, 'rollback/file'), 'utf8')).toBe('one\n')
  })
})
