import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'
import { until } from './emulators.ts'

/** What the tests need of the synthesised templates, read from the same files that are deployed. */
export type Assembly = {
  readonly functions: ReadonlyMap<string, FunctionTemplate>
  readonly api: ApiTemplate
  /** By the name of the function that gets the messages. */
  readonly sources: ReadonlyMap<string, EventSource>
}

export type FunctionTemplate = {
  /** `history`, `keys`, `worker` … */
  readonly name: string
  /** As it is deployed. */
  readonly fullName: string
  /** The unpacked asset in the assembly. */
  readonly asset: string
  /** A value that is known only after the deployment is a token. */
  readonly environment: Readonly<Record<string, string | Token>>
  readonly timeoutSeconds: number
  readonly memory: number
  /** What its role may do, such as `dynamodb:PutItem`; a `*` stands for any letters. */
  readonly actions: readonly string[]
}

export type Token = { readonly token: string }

export type ApiMethod = {
  /** As in events: `/v1/connections/{id}`. */
  readonly resource: string
  /** `ANY` or a method. */
  readonly method: string
  readonly function: string | undefined
  readonly authorized: boolean
}

export type GatewayResponse = {
  readonly status: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly template: string | undefined
}

export type ApiTemplate = {
  readonly resources: readonly string[]
  readonly methods: readonly ApiMethod[]
  /** By response type, such as `UNAUTHORIZED`. */
  readonly responses: ReadonlyMap<string, GatewayResponse>
  readonly binaryMediaTypes: readonly string[]
}

export type EventSource = {
  readonly batchSize: number
  readonly reportsItemFailures: boolean
  readonly maxReceiveCount: number
}

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
})
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema).default({}) })
const assetsSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })).default({}),
})

type Resource = z.output<typeof resourceSchema> & { readonly id: string }

/** `cdk synth` of the `dev` stage, once for all files of a test run that ask for it. */
export async function synthesise(): Promise<Assembly> {
  return readAssembly(await assemblyDirectory())
}

async function assemblyDirectory(): Promise<string> {
  // The parent is Vitest, the same for each of its workers.
  const shared = join(tmpdir(), `cloud-assembly-${process.ppid}-${await stateOfSources()}`)
  const done = join(shared, 'cdk.out')
  const failed = join(shared, 'failed')
  const exists = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    )
  try {
    await mkdir(shared)
  } catch {
    await until(
      async () => (await exists(done)) || (await exists(failed)),
      'another worker has synthesised the stacks',
      170_000,
    )
    if (await exists(failed)) throw new Error(await readFile(failed, 'utf8'))
    return done
  }
  await forgetOldAssemblies()
  try {
    const fresh = await mkdtemp(join(shared, 'fresh-'))
    // In a folder of its own, so that whoever else synthesises is not disturbed.
    await cp('cdk.json', join(shared, 'cdk.json'))
    const tsx = pathToFileURL(resolve('node_modules/tsx/dist/loader.mjs')).href
    const app = `${process.execPath} --import ${tsx} ${resolve('bin/app.ts')}`
    const options = ['synth', '--quiet', '--app', app, '--output', fresh, '-c', 'stage=dev']
    await promisify(execFile)(resolve('node_modules/.bin/cdk'), options, { cwd: shared })
    await rename(fresh, done)
  } catch (error) {
    await writeFile(failed, String(error))
    throw error
  }
  return done
}

/** Something else whenever a file that is deployed was changed: Vitest may run for long. */
async function stateOfSources(): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of ['bin', 'lambdas', 'lib', 'web'])
    for (const file of await readdir(folder, { recursive: true })) {
      const { mtimeMs } = await stat(join(folder, file))
      hash.update(`${folder}/${file} ${mtimeMs}\n`)
    }
  return hash.digest('hex').slice(0, 16)
}

/** Of test runs whose process is gone. */
async function forgetOldAssemblies(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = /^cloud-assembly-(\d+)-/.exec(name)?.[1]
    if (owner === undefined || isAlive(Number(owner))) continue
    await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function isAlive(process_: number): boolean {
  try {
    return process.kill(process_, 0)
  } catch {
    return false
  }
}

async function readAssembly(directory: string): Promise<Assembly> {
  const resources: Resource[] = []
  const assets = new Map<string, string>()
  for (const file of await readdir(directory)) {
    const json = async () => JSON.parse(await readFile(join(directory, file), 'utf8'))
    if (file.endsWith('.template.json')) {
      const { Resources } = templateSchema.parse(await json())
      // Logical ids are unique within a stack; what refers to another stack is a token to us.
      for (const [id, resource] of Object.entries(Resources)) resources.push({ id, ...resource })
    }
    if (file.endsWith('.assets.json'))
      for (const [hash, { source }] of Object.entries(assetsSchema.parse(await json()).files))
        assets.set(hash, join(directory, source.path))
  }
  const ofType = (type: string) => resources.filter(({ Type }) => Type === `AWS::${type}`)
  const names = new Map<string, string>()
  const functions = new Map<string, FunctionTemplate>()
  for (const resource of ofType('Lambda::Function')) {
    const read = functionSchema.safeParse(resource.Properties)
    if (!read.success) continue
    const { Environment, Timeout, MemorySize, Code, Role } = read.data
    const service = Environment.Variables.POWERTOOLS_SERVICE_NAME
    if (typeof service !== 'string') continue
    const name = service.split('-').at(-1) ?? service
    names.set(resource.id, name)
    functions.set(name, {
      name,
      fullName: service,
      asset: assets.get(Code.S3Key.replace(/\.zip$/, '')) ?? '',
      environment: Object.fromEntries(
        Object.entries(Environment.Variables).map(([variable, value]) => [
          variable,
          typeof value === 'string' ? value : { token: JSON.stringify(value) },
        ]),
      ),
      timeoutSeconds: Timeout,
      memory: MemorySize,
      actions: actionsOf(ofType('IAM::Policy'), ofType('IAM::Role'), Role['Fn::GetAtt'][0] ?? ''),
    })
  }
  for (const { id, Properties } of ofType('Lambda::Alias')) {
    const name = [...names].find(([known]) => mentions(Properties.FunctionName, known))?.[1]
    if (name !== undefined) names.set(id, name)
  }
  const functionOf = (value: unknown) => [...names].find(([id]) => mentions(value, id))?.[1]
  return {
    functions,
    api: {
      resources: pathsOf(ofType('ApiGateway::Resource')).map(({ path }) => path),
      methods: methodsOf(ofType('ApiGateway::Method'), ofType('ApiGateway::Resource'), functionOf),
      responses: responsesOf(ofType('ApiGateway::GatewayResponse')),
      binaryMediaTypes: ofType('ApiGateway::RestApi').flatMap(({ Properties }) =>
        z.array(z.string()).default([]).parse(Properties.BinaryMediaTypes),
      ),
    },
    sources: eventSourcesOf(ofType('Lambda::EventSourceMapping'), ofType('SQS::Queue'), functionOf),
  }
}

const functionSchema = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  Timeout: z.number(),
  MemorySize: z.number(),
  Code: z.object({ S3Key: z.string() }),
  Role: z.object({ 'Fn::GetAtt': z.array(z.string()) }),
})

function mentions(value: unknown, id: string): boolean {
  return JSON.stringify(value ?? null).includes(`"${id}"`)
}

const list = z.union([z.array(z.string()), z.string().transform((one) => [one])])
const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.array(z.object({ Effect: z.string(), Action: list.default([]) })),
  }),
})

function actionsOf(
  policies: readonly Resource[],
  roles: readonly Resource[],
  role: string,
): readonly string[] {
  const attached = policies.filter(({ Properties }) => mentions(Properties.Roles, role))
  const inline = roles
    .filter(({ id }) => id === role)
    .flatMap(({ Properties }) => z.array(z.unknown()).default([]).parse(Properties.Policies))
  return [...attached.map(({ Properties }) => Properties), ...inline].flatMap((policy) =>
    policySchema
      .parse(policy)
      .PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action),
  )
}

const pathSchema = z.object({ PathPart: z.string(), ParentId: z.unknown() })

function pathsOf(resources: readonly Resource[]): readonly { readonly id: string; readonly path: string }[] {
  const parts = new Map(resources.map(({ id, Properties }) => [id, pathSchema.parse(Properties)]))
  const pathOf = (id: string): string => {
    const part = parts.get(id)
    if (part === undefined) return ''
    const parent = [...parts.keys()].find((other) => other !== id && mentions(part.ParentId, other))
    return `${parent === undefined ? '' : pathOf(parent)}/${part.PathPart}`
  }
  return resources.map(({ id }) => ({ id, path: pathOf(id) }))
}

const methodSchema = z.object({
  HttpMethod: z.string(),
  AuthorizationType: z.string(),
  ResourceId: z.unknown(),
  Integration: z.object({ Type: z.string(), Uri: z.unknown().optional() }),
})

function methodsOf(
  methods: readonly Resource[],
  resources: readonly Resource[],
  functionOf: (value: unknown) => string | undefined,
): readonly ApiMethod[] {
  const paths = pathsOf(resources)
  return methods.map(({ Properties }) => {
    const { HttpMethod, AuthorizationType, ResourceId, Integration } = methodSchema.parse(Properties)
    return {
      resource: paths.find(({ id }) => mentions(ResourceId, id))?.path ?? '/',
      method: HttpMethod,
      function: Integration.Type === 'AWS_PROXY' ? functionOf(Integration.Uri) : undefined,
      authorized: AuthorizationType !== 'NONE',
    }
  })
}

const responseSchema = z.object({
  ResponseType: z.string(),
  StatusCode: z.string().optional(),
  ResponseParameters: z.record(z.string(), z.string()).default({}),
  ResponseTemplates: z.record(z.string(), z.string()).default({}),
})

function responsesOf(resources: readonly Resource[]): ReadonlyMap<string, GatewayResponse> {
  return new Map(
    resources.map(({ Properties }) => {
      const { ResponseType, StatusCode, ResponseParameters, ResponseTemplates } =
        responseSchema.parse(Properties)
      const [type, template] = Object.entries(ResponseTemplates)[0] ?? []
      const own = Object.entries(ResponseParameters).map(([name, value]): [string, string] => [
        name.replace('gatewayresponse.header.', ''),
        value.replace(/^'(.*)'$/, '$1'),
      ])
      const headers = { ...(type !== undefined && { 'Content-Type': type }), ...Object.fromEntries(own) }
      return [ResponseType, { status: StatusCode, headers, template }]
    }),
  )
}

const mappingSchema = z.object({
  BatchSize: z.number().default(10),
  Enabled: z.boolean().default(true),
  EventSourceArn: z.unknown(),
  FunctionName: z.unknown(),
  FunctionResponseTypes: z.array(z.string()).default([]),
})
const redriveSchema = z.object({ RedrivePolicy: z.object({ maxReceiveCount: z.number() }) })

function eventSourcesOf(
  mappings: readonly Resource[],
  queues: readonly Resource[],
  functionOf: (value: unknown) => string | undefined,
): ReadonlyMap<string, EventSource> {
  const sources = new Map<string, EventSource>()
  for (const { Properties } of mappings) {
    const mapping = mappingSchema.parse(Properties)
    const queue = queues.find(({ id }) => mentions(mapping.EventSourceArn, id))
    const name = functionOf(mapping.FunctionName)
    // Dead letters are given back by an operator who switches their mapping on.
    if (!mapping.Enabled || queue === undefined || name === undefined) continue
    sources.set(name, {
      batchSize: mapping.BatchSize,
      reportsItemFailures: mapping.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      maxReceiveCount: redriveSchema.parse(queue.Properties).RedrivePolicy.maxReceiveCount,
    })
  }
  return sources
}
