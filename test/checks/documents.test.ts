import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

type Block = { readonly language: string; readonly text: string }

/** The fenced blocks of a page, without the indentation that a list gives them. */
function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)].map(
    ([, indent = '', language = '', text = '']) => ({
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  )
}

function withoutBlocks(page: string): string {
  return page.replaceAll(/^( *)```\w*\n[\s\S]*?^ *```$/gm, '')
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const anchors = new Set<string>()
  for (const [, heading = ''] of withoutBlocks(page).matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    anchors.add(times === 0 ? slug : `${slug}-${times}`)
  }
  return anchors
}

/** Links inside a page or to a file of the repository, not those in code. */
function ownLinksOf(page: string): readonly string[] {
  const prose = withoutBlocks(page).replaceAll(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) =>
    /^[a-z]+:/.test(target) ? [] : [target],
  )
}

describe('Links', () => {
  it.each(documents)('of %s lead to files and headings that are there', (document) => {
    const broken = ownLinksOf(read(document)).filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? document : relative(root, resolve(root, dirname(document), path))
      if (!existsSync(join(root, target))) return true
      if (anchor === undefined) return false
      return statSync(join(root, target)).isDirectory() || !anchorsOf(read(target)).has(anchor)
    })
    expect(broken).toEqual([])
  })
})

const alarms = [
  'dead-letters',
  'dead-exports',
  'queue-age',
  'coverage-lag',
  'gaps-saturated',
  'gaps-expired',
  'runs-stalled',
  'runs-failed',
  'keys-refused',
  'cool-down',
  'bad-payloads',
  'worker-errors',
  'worker-throttled',
  'planner-silent',
  'planner-errors',
  'planner-late',
  'catalogue-failed',
  'sweeper-behind',
  'api-5xx',
  'api-latency',
  'keys-errors',
  'waf-blocked',
  'table-throttled',
  'table-errors',
  'nat-ports',
]

/** The text under each heading of the third level within `## Alarms`. */
function pagesOfAlarms(): ReadonlyMap<string, string> {
  const [, chapter = ''] = /^## Alarms$([\s\S]*?)(?=^## )/m.exec(read('docs/runbook.md')) ?? []
  return new Map(
    chapter
      .split(/^### /m)
      .slice(1)
      .map((page): [string, string] => [page.split('\n')[0] ?? '', page]),
  )
}

describe('The runbook', () => {
  it('has a page for every alarm, and for nothing else', () => {
    expect([...pagesOfAlarms().keys()].sort()).toEqual([...alarms].sort())
  })

  it.each(alarms)('says of %s what it means, how to look, how to fix and when to escalate', (alarm) => {
    const page = pagesOfAlarms().get(alarm) ?? ''
    const parts = [...page.matchAll(/^\*\*(Means|Look|Fix|Escalate)\b/gm)].map(([, part]) => part)
    expect(parts).toEqual(['Means', 'Look', 'Fix', 'Escalate'])
  })

  it.each(alarms)('says of %s how to look in commands', (alarm) => {
    const [, look = ''] = /^\*\*Look\.\*\*([\s\S]*?)^\*\*Fix/m.exec(pagesOfAlarms().get(alarm) ?? '') ?? []
    expect(blocksOf(look).map(({ language }) => language)).toContain('sh')
  })

  it('is reached from the first lines when keys are misused', () => {
    expect(read('docs/runbook.md').slice(0, 600)).toContain('(#kill-switch)')
  })

  it('uses no shell function that it does not define', () => {
    const scripts = blocksOf(read('docs/runbook.md')).filter(({ language }) => language === 'sh')
    const all = scripts.map(({ text }) => text).join('\n')
    const defined = new Set([...all.matchAll(/^([a-z_]+)\(\)/gm)].map(([, name]) => name))
    const used = [...all.matchAll(/^ *(ask|figure|metric|sources|due|sync_now|purge|copy_back)\b/gm)]
    expect(used.length).toBeGreaterThan(30)
    expect(used.filter(([, name]) => !defined.has(name))).toEqual([])
  })
})

describe('Commands in documents', () => {
  it.each(documents.filter((document) => blocksOf(read(document)).some(({ language }) => language === 'sh')))(
    'of %s are valid shell',
    (document) => {
      const wrong = blocksOf(read(document))
        .filter(({ language }) => language === 'sh')
        .map(({ text }) => spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }).stderr)
        .filter((complaint) => complaint !== '')
      expect(wrong).toEqual([])
    },
  )
})

/** What opens a block in each kind of picture, and is closed by `end`. */
const openers: Readonly<Record<string, RegExp>> = {
  flowchart: /^subgraph /,
  sequenceDiagram: /^(loop|alt|opt|par) /,
  stateDiagram: /^state .*\{$/,
}

describe('Pictures', () => {
  const pictures = documents.flatMap((document) =>
    blocksOf(read(document))
      .filter(({ language }) => language === 'mermaid')
      .map(({ text }, index): [string, string] => [`${document}, number ${index + 1}`, text]),
  )

  it.each(pictures)('of %s are of a known kind, and close what they open', (_, text) => {
    const [first = '', ...lines] = text.trim().split('\n')
    const kind = /^(flowchart|sequenceDiagram|stateDiagram)/.exec(first)?.[1] ?? ''
    const opener = openers[kind]
    expect(opener).toBeDefined()
    let open = 0
    for (const line of lines.map((one) => one.trim())) {
      if (opener?.test(line)) open += 1
      if (line === 'end') open -= 1
      expect(open).toBeGreaterThanOrEqual(0)
    }
    expect(open).toBe(0)
  })

  it.each(pictures.filter(([, text]) => text.startsWith('sequenceDiagram')))(
    'of %s name nobody who was not introduced',
    (_, text) => {
      const introduced = new Set(
        [...text.matchAll(/^ *(?:participant|actor) (\w+)/gm)].map(([, name]) => name),
      )
      const named = [...text.matchAll(/^ *(\w+)-{1,2}>>(\w+): \S/gm)].flatMap(([, from, to]) => [from, to])
      expect(named.length).toBeGreaterThan(0)
      expect(named.filter((name) => !introduced.has(name))).toEqual([])
      const arrows = text.split('\n').filter((line) => line.includes('>>'))
      expect(named.length).toBe(2 * arrows.length)
    },
  )
})
