import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

/** One forbidden import each: which rule must find it, in which file, and the import. */
const forbidden = [
  ['resolves', 'the domain may not import what is not there', 'lambdas/domain/nowhere.ts', './gone.ts'],
  ['domain-is-pure', 'the domain may not import a library', 'lambdas/domain/library.ts', 'lossless-json'],
  ['domain-is-pure', 'the domain may not import Node', 'lambdas/domain/clock.ts', 'node:perf_hooks'],
  [
    'domain-is-pure',
    'the domain may not import a use case',
    'lambdas/domain/upwards.ts',
    '../use-cases/good.ts',
  ],
  [
    'use-cases-know-the-domain-only',
    'a use case may not import an adapter',
    'lambdas/use-cases/adapter.ts',
    '../adapters/good.ts',
  ],
  [
    'use-cases-know-the-domain-only',
    'a use case may not import a library',
    'lambdas/use-cases/library.ts',
    'zod',
  ],
  [
    'rim-knows-the-domain-only',
    'an exchange may not import an adapter',
    'lambdas/exchanges/adapter.ts',
    '../adapters/good.ts',
  ],
  [
    'rim-knows-the-domain-only',
    'an adapter may not import a use case',
    'lambdas/adapters/use-case.ts',
    '../use-cases/good.ts',
  ],
  [
    'rim-knows-the-domain-only',
    'a format may not import an exchange',
    'lambdas/formats/exchange.ts',
    '../exchanges/index.ts',
  ],
  [
    'entries-compose',
    'only an entry may bring adapters and exchanges together',
    'lambdas/composer.ts',
    './adapters/good.ts',
  ],
  [
    'routes-do-not-compose',
    'a route may not import an adapter',
    'lambdas/api/routes.ts',
    '../adapters/good.ts',
  ],
  [
    'routes-do-not-compose',
    'a route may not import the client of an exchange',
    'lambdas/api/routes/sync.ts',
    '../../exchanges/ccxt-client.ts',
  ],
  [
    'no-exchange-by-name',
    'an entry may not name an exchange',
    'lambdas/sync/by-name.ts',
    '../exchanges/good.ts',
  ],
  ['lambdas-stand-alone', 'an entry may not import local', 'lambdas/api/laptop.ts', '../../local/good.ts'],
  ['lambdas-stand-alone', 'an entry may not import a test', 'lambdas/api/tested.ts', '../../test/good.ts'],
  [
    'lambdas-stand-alone',
    'an entry may not import the stacks',
    'lambdas/api/stacked.ts',
    '../../lib/good.ts',
  ],
  ['lambdas-stand-alone', 'an entry may not import bin', 'lambdas/api/app.ts', '../../bin/good.ts'],
  [
    'lambdas-use-run-time-packages',
    'an entry may not import a development package',
    'lambdas/sync/development.ts',
    'fast-check',
  ],
  ['tests-are-leaves', 'local may not import a test', 'local/tested.ts', '../test/good.ts'],
  [
    'infrastructure-shares-data-only',
    'a stack may not import an adapter',
    'lib/adapter.ts',
    '../lambdas/adapters/good.ts',
  ],
  ['ccxt-in-one-file', 'an exchange may not import ccxt', 'lambdas/exchanges/unpaced.ts', 'ccxt'],
  [
    'ccxt-in-one-file',
    'a use case may not import a file of ccxt by its path',
    'lambdas/use-cases/by-path.ts',
    '../../node_modules/ccxt/js/src/bitmart.js',
  ],
  ['ccxt-in-one-file', 'local may not import a part of ccxt', 'local/part.ts', 'ccxt/js/src/bitmart.js'],
  [
    'aws-sdk-in-adapters',
    'an entry may not import the AWS SDK',
    'lambdas/sync/cloud.ts',
    '@aws-sdk/lib-dynamodb',
  ],
  [
    'aws-sdk-in-adapters',
    'an exchange may not import what the AWS SDK is made of',
    'lambdas/exchanges/handler.ts',
    '@smithy/node-http-handler',
  ],
  [
    'api-gateway-in-http',
    'a route may not import the API Gateway adapter',
    'lambdas/api/gateway.ts',
    'hono/aws-lambda',
  ],
  ['api-gateway-in-http', 'an entry may not import API Gateway types', 'lambdas/api/event.ts', 'aws-lambda'],
  ['cdk-in-infrastructure', 'local may not import the CDK', 'local/stack.ts', 'aws-cdk-lib'],
  ['console-is-built', 'a server may not import a page', 'local/page.ts', '../web/words.ts'],
  ['console-is-built', 'a stack may not import a page', 'lib/page.ts', '../web/pages/good.tsx'],
  [
    'lambdas-stand-alone',
    'a route may not import how the console is built',
    'lambdas/api/page.ts',
    '../../web/build.ts',
  ],
  [
    'cdk-in-infrastructure',
    'a test outside infra may not import constructs',
    'test/api/stack.ts',
    'constructs',
  ],
] as const

const allowed = {
  'lambdas/domain/good.ts':
    "import { z } from 'zod'\nimport Big from 'big.js'\nexport const good = [z, Big]\n",
  'lambdas/use-cases/good.ts': "export { good } from '../domain/good.ts'\n",
  'lambdas/adapters/good.ts':
    "import * as store from '@aws-sdk/lib-dynamodb'\nimport { good as domain } from '../domain/good.ts'\nexport const good = [store, domain]\n",
  'lambdas/adapters/table-schema.ts': 'export const schema = {}\n',
  'lambdas/exchanges/good.ts': "export { good } from '../domain/good.ts'\n",
  'lambdas/exchanges/index.ts': "export { good } from './good.ts'\n",
  'lambdas/exchanges/ccxt-client.ts': "export { client } from './driver.ts'\n",
  'lambdas/exchanges/driver.ts':
    "import { bitmart } from 'ccxt'\nexport const client = (key: { reveal(): string }) => [bitmart, key.reveal()]\n",
  'lambdas/adapters/vault.ts': 'export const keep = (key: { reveal(): string }) => key.reveal()\n',
  'lambdas/api/http.ts': "import { handle } from 'hono/aws-lambda'\nexport const http = handle\n",
  'lambdas/api/good.ts':
    "import { good as adapter } from '../adapters/good.ts'\nimport { good as exchange } from '../exchanges/index.ts'\nimport { good as useCase } from '../use-cases/good.ts'\nexport const entry = [adapter, exchange, useCase]\n",
  'local/good.ts':
    "import { entry } from '../lambdas/api/good.ts'\nimport { DynamoDBClient } from '@aws-sdk/client-dynamodb'\nexport const good = [entry, DynamoDBClient]\n",
  'lib/good.ts':
    "import { App } from 'aws-cdk-lib'\nimport { schema } from '../lambdas/adapters/table-schema.ts'\nexport const good = [App, schema]\n",
  'bin/good.ts': "export { good } from '../lib/good.ts'\n",
  'test/good.ts': 'export const good = (key: { reveal(): string }) => key.reveal()\n',
  'test/bench/bench.ts': "import * as ccxt from 'ccxt'\nexport const plain = ccxt\n",
} satisfies Record<string, string>

/** `web/` is TSX, which the cruiser cannot parse: its border is Biome's to guard. */
const webMayNotImport = [
  ['what the server runs', 'web/domain.ts', '../lambdas/domain/amount.ts'],
  ['what the server runs, from a page', 'web/pages/domain.tsx', '../../lambdas/domain/amount.ts'],
  ['the shapes of answers but by its own file of types', 'web/shapes.ts', '../lambdas/api/answer-shapes.ts'],
  ['the laptop home', 'web/parts/local.tsx', '../../local/server.ts'],
  ['the stacks', 'web/stacks.ts', '../lib/stages.ts'],
  ['the programs of the repository', 'web/programs.ts', '../bin/openapi.ts'],
  ['tests', 'web/tests.ts', '../test/good.ts'],
  ['zod', 'web/schemas.ts', 'zod'],
  ['Node', 'web/node.ts', 'node:fs'],
  ['a server', 'web/server.ts', 'hono'],
  ['any other package', 'web/package.ts', 'big.js'],
] as const

/** What Biome must find instead, because it takes more than the path of an import to see it. */
const lintFixtures = {
  'local/first.ts': "import { second } from './second.ts'\nexport const first = () => second\n",
  'local/second.ts': "import { first } from './first.ts'\nexport const second = () => first\n",
  'local/hidden-import.ts': "export type Hidden = import('../test/good.ts').Good\n",
  'local/shape-one.ts': "import type { Two } from './shape-two.ts'\nexport type One = Two | 1\n",
  'local/shape-two.ts': "import type { One } from './shape-one.ts'\nexport type Two = One[]\n",
  'lambdas/api/calls.ts': 'export const show = (key: { reveal(): string }) => key.reveal()\n',
  'lambdas/use-cases/borrows.ts':
    'export const show = (key: { reveal(): string }) => [key].map((k) => k.reveal)\n',
  'lambdas/exchanges/unpacks.ts':
    'export const show = (key: { reveal(): string }) => {\n  const { reveal: open } = key\n  return open\n}\n',
  'local/literal.ts': "export const show = (key: { reveal(): string }) => key['reveal']()\n",
  'web/answers.ts': "export type { Answer } from '../lambdas/api/answer-shapes.ts'\n",
  'web/words.ts': 'export const words = {}\n',
  'web/build.ts': 'export const build = () => []\n',
  'web/pages/good.tsx':
    "import { useState } from 'preact/hooks'\nimport type { Answer } from '../answers.ts'\nexport const good = (answer: Answer) => [useState, answer]\n",
  ...Object.fromEntries(
    webMayNotImport.map(([, file, from]) => [file, `import * as x from '${from}'\nexport const y = x\n`]),
  ),
} satisfies Record<string, string>

const root = resolve(import.meta.dirname, '../..')
const cruiseResult = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
})
const lintResult = z.object({
  diagnostics: z.array(
    z.object({ category: z.string(), location: z.object({ path: z.string() }), message: z.unknown() }),
  ),
})

let folder = ''
let violations: readonly { readonly rule: string; readonly from: string }[] = []
let complaints: readonly { readonly category: string; readonly path: string; readonly message: string }[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dependencies-'))
  for (const name of ['package.json', 'tsconfig.json', 'biome.json', '.gitignore', '.dependency-cruiser.cjs'])
    copyFileSync(join(root, name), join(folder, name))
  cpSync(join(root, '.biome'), join(folder, '.biome'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const imports = Object.fromEntries(
    forbidden.map(([, , file, target]) => [file, `import * as x from '${target}'\nexport const y = x\n`]),
  )
  for (const [file, source] of Object.entries({ ...allowed, ...lintFixtures, ...imports })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), source)
  }
  const roots = ['bin', 'lambdas', 'lib', 'local', 'test']
  const cruise = run('depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...roots])
  violations = cruiseResult
    .parse(JSON.parse(cruise))
    .summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }))
  const lint = run('biome', ['lint', '--reporter=json', '--max-diagnostics=none', '--diagnostic-level=error'])
  complaints = lintResult.parse(JSON.parse(lint)).diagnostics.map(({ category, location, message }) => ({
    category,
    path: relative(folder, resolve(folder, location.path)),
    message: JSON.stringify(message),
  }))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function run(tool: string, args: readonly string[]): string {
  const done = spawnSync(join(root, 'node_modules/.bin', tool), args, { cwd: folder, encoding: 'utf8' })
  if (done.stdout === '') throw new Error(`${tool} said nothing but: ${done.stderr}`)
  return done.stdout
}

function complaintsAbout(path: string): readonly string[] {
  return complaints
    .filter((complaint) => complaint.path === path)
    .map((complaint) => `${complaint.category} ${complaint.message}`)
}

describe('The dependency rules', () => {
  it.each(forbidden)('%s: %s', (rule, _, file) => {
    expect(violations).toContainEqual({ rule, from: file })
  })

  it('let pass what the layout allows', () => {
    expect(violations.filter(({ from }) => from in allowed)).toEqual([])
  })

  it('each have a fixture that they bite', () => {
    const configuration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs')
    const names = z
      .object({ forbidden: z.array(z.object({ name: z.string() })) })
      .parse(configuration)
      .forbidden.map(({ name }) => name)
    expect([...new Set(forbidden.map(([rule]) => rule))].sort()).toEqual(names.sort())
  })
})

describe('The lint rules', () => {
  it('find a cycle of modules', () => {
    expect(complaintsAbout('local/first.ts')).toEqual([expect.stringContaining('noImportCycles')])
  })

  it('let two files share types both ways, since nothing of it is left at run time', () => {
    expect(complaintsAbout('local/shape-one.ts')).toEqual([])
  })

  it('refuse an import inside a type, which the dependency rules would not see', () => {
    expect(complaintsAbout('local/hidden-import.ts')).toEqual([expect.stringContaining('dependency rules')])
  })

  it.each([
    ['called', 'lambdas/api/calls.ts'],
    ['handed on', 'lambdas/use-cases/borrows.ts'],
    ['unpacked', 'lambdas/exchanges/unpacks.ts'],
    ['named by a string', 'local/literal.ts'],
  ])('find reveal() outside the two files that may, %s', (_, file) => {
    expect(complaintsAbout(file)).toContainEqual(expect.stringContaining('A secret is revealed'))
  })

  it.each(webMayNotImport)('keep %s out of the console', (_, file) => {
    expect(complaintsAbout(file)).toEqual([expect.stringContaining('noRestrictedImports')])
  })

  it('let the console import itself, Preact and the types of answers', () => {
    expect(complaintsAbout('web/answers.ts')).toEqual([])
    expect(complaintsAbout('web/pages/good.tsx')).toEqual([])
  })

  it.each(['lambdas/adapters/vault.ts', 'lambdas/exchanges/driver.ts', 'test/good.ts'])(
    'let %s reveal a secret',
    (file) => {
      expect(complaintsAbout(file)).toEqual([])
    },
  )
})
