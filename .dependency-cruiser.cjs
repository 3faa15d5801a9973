/**
 * Which file may depend on what. `CONTRIBUTING.md` explains the direction; `test/checks/dependencies.test.ts`
 * proves that every rule here bites. Cycles are Biome's to find (`noImportCycles`), which tells imports of types,
 * gone at run time, from others; the parser used here does not.
 */
const npm = (...packages) => packages.map((name) => `(^|/)node_modules/(@types/)?${name}/|^${name}(/|$)`)

module.exports = {
  forbidden: [
    {
      name: 'resolves',
      comment:
        'An import that leads nowhere would pass by every rule below. Types of API Gateway have no code.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: npm('aws-lambda') },
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain imports itself, zod and the decimal library.',
      severity: 'error',
      from: { path: '^lambdas/domain/' },
      to: { pathNot: ['^lambdas/domain/', ...npm('zod', 'big\\.js')] },
    },
    {
      name: 'use-cases-know-the-domain-only',
      comment:
        'A use case states as types in its own file what it needs from outside. What statements mean is pure, as the domain is.',
      severity: 'error',
      from: { path: '^lambdas/use-cases/' },
      to: { pathNot: '^lambdas/(domain|statements|use-cases)/' },
    },
    {
      name: 'rim-knows-the-domain-only',
      comment:
        'Exchanges, adapters and formats know the domain and libraries, but neither each other nor use cases.',
      severity: 'error',
      from: { path: '^lambdas/(exchanges|adapters|formats)/' },
      to: {
        path: '^(lambdas|local|lib|bin|test)/',
        pathNot: ['^lambdas/(domain|statements)/', '^lambdas/$1/'],
      },
    },
    {
      name: 'entries-compose',
      comment:
        'Only entries (api, sync, exports), local and bin put adapters, exchanges and use cases together.',
      severity: 'error',
      from: { path: '^lambdas/', pathNot: '^lambdas/(api|sync|exports|exchanges|adapters|formats)/' },
      to: { path: '^lambdas/(adapters|exchanges|formats|api|sync|exports)/' },
    },
    {
      name: 'routes-do-not-compose',
      comment: 'Routes are data over use cases: adapters are handed to them.',
      severity: 'error',
      from: { path: '^lambdas/api/routes(\\.ts$|/)' },
      to: {
        path: '^lambdas/',
        pathNot: ['^lambdas/(api|domain|use-cases)/', '^lambdas/exchanges/index\\.ts$'],
      },
    },
    {
      name: 'no-exchange-by-name',
      comment: 'The engine knows no exchange by name: it asks the registry.',
      severity: 'error',
      from: { path: '^lambdas/', pathNot: '^lambdas/exchanges/' },
      to: {
        path: '^lambdas/exchanges/',
        pathNot: '^lambdas/exchanges/(index|ccxt-client|hosts|pace|pools|shared-pools)\\.ts$',
      },
    },
    {
      name: 'lambdas-stand-alone',
      comment: 'What is deployed knows nothing of the laptop, of the infrastructure or of the tests.',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { path: '^(local|lib|bin|test|web)/' },
    },
    {
      name: 'lambdas-use-run-time-packages',
      comment: 'A development package is not there at run time.',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '(^|/)node_modules/@types/' },
    },
    {
      name: 'tests-are-leaves',
      comment: 'Nothing depends on a test.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'infrastructure-shares-data-only',
      comment:
        'From the code that it deploys, the infrastructure takes the table schema, the variables of entries, which exchanges there are and how their queues are called.',
      severity: 'error',
      from: { path: '^lib/' },
      to: {
        path: '^(lambdas|local|bin)/',
        pathNot: [
          '^lambdas/adapters/table-schema\\.ts$',
          '^lambdas/(api|sync|exports)/env\\.ts$',
          '^lambdas/exchanges/index\\.ts$',
          '^lambdas/domain/cell\\.ts$',
        ],
      },
    },
    {
      name: 'console-is-built',
      comment:
        'Of the console others know how it is built and which headers it wants. Tests may look into it.',
      severity: 'error',
      from: { pathNot: '^(web|test)/' },
      to: { path: '^web/', pathNot: '^web/(build|headers)\\.ts$' },
    },
    {
      name: 'ccxt-in-one-file',
      comment: 'The bench compares with ccxt used plainly.',
      severity: 'error',
      from: { pathNot: ['^lambdas/exchanges/driver\\.ts$', '^test/bench/'] },
      to: { path: npm('ccxt') },
    },
    {
      name: 'aws-sdk-in-adapters',
      comment: 'Local composes the embedded services, tests look into them.',
      severity: 'error',
      from: { pathNot: '^(lambdas/adapters|local|test)/' },
      to: { path: npm('@(aws-sdk|smithy)/[^/]+') },
    },
    {
      name: 'api-gateway-in-http',
      comment: 'One file knows that there is an API Gateway.',
      severity: 'error',
      from: { pathNot: '^lambdas/api/http\\.ts$' },
      to: { path: [...npm('aws-lambda'), '/hono/dist/(cjs/|types/)?adapter/(aws-lambda|lambda-edge)/'] },
    },
    {
      name: 'cdk-in-infrastructure',
      comment: 'The infrastructure is described in bin and lib.',
      severity: 'error',
      from: { pathNot: '^(bin|lib|test/infra)/' },
      to: { path: npm('aws-cdk-lib', 'aws-cdk', 'constructs', 'cdk-nag', '@aws-cdk/[^/]+') },
    },
  ],
  options: {
    // TypeScript 7 has no API for tools, so swc reads the sources.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'require', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
}
