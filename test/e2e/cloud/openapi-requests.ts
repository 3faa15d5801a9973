import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** A route as the document of the API describes it. */
export type DocumentedRoute = {
  readonly method: string
  /** `/v1/connections/{id}` */
  readonly path: string
  /** Path parameters, and those of the query and fields of the body that name something of a user. */
  readonly ids: readonly DocumentedId[]
  /** A body that its schema accepts; absent where there is none. */
  readonly body?: unknown
}

/** What is named by parameters of queries and fields of bodies. */
const kinds: Readonly<Record<string, string>> = {
  connection: 'connections',
  connections: 'connections',
  run: 'syncs',
  export: 'exports',
}

export type DocumentedId = {
  readonly in: 'path' | 'query' | 'body'
  readonly name: string
  /** What it names: `connections`, `syncs`, `exports` … */
  readonly kind: string
}

const parameterSchema = z.object({ in: z.enum(['path', 'query', 'header']), name: z.string() })
const operationSchema = z.object({
  parameters: z.array(parameterSchema).default([]),
  requestBody: z
    .object({ content: z.object({ 'application/json': z.object({ schema: z.unknown() }) }) })
    .optional(),
})
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
})

/** Every route under `/v1`, read from the document that is published: a new route is tried as soon as it is there. */
export function documentedRoutes(): readonly DocumentedRoute[] {
  const text = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')
  const { paths, components } = documentSchema.parse(JSON.parse(text))
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { parameters, requestBody }]) => ({
        method: method.toUpperCase(),
        path,
        ids: [
          ...parameters.flatMap(({ in: place, name }): DocumentedId[] => {
            const kind = place === 'path' ? path.split(`/{${name}}`)[0]?.split('/').at(-1) : kinds[name]
            return place === 'header' || kind === undefined ? [] : [{ in: place, name, kind }]
          }),
          ...fieldsOf(requestBody?.content['application/json'].schema, components.schemas).flatMap(
            (name): DocumentedId[] => {
              const kind = kinds[name]
              return kind === undefined ? [] : [{ in: 'body', name, kind }]
            },
          ),
        ],
        ...(requestBody !== undefined && {
          body: example(requestBody.content['application/json'].schema, components.schemas),
        }),
      })),
    )
}

const schemaSchema = z.object({
  $ref: z.string().optional(),
  type: z.string().optional(),
  example: z.unknown().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
})

function fieldsOf(given: unknown, schemas: Readonly<Record<string, unknown>>): readonly string[] {
  if (given === undefined) return []
  const { $ref, properties } = schemaSchema.parse(given)
  return $ref === undefined
    ? Object.keys(properties)
    : fieldsOf(schemas[$ref.split('/').at(-1) ?? ''], schemas)
}

/** Something that fits the schema: its example, or the least that it demands. */
function example(given: unknown, schemas: Readonly<Record<string, unknown>>): unknown {
  const schema = schemaSchema.parse(given)
  if (schema.$ref !== undefined) return example(schemas[schema.$ref.split('/').at(-1) ?? ''], schemas)
  if (schema.example !== undefined) return schema.example
  if (schema.default !== undefined) return schema.default
  if (schema.enum !== undefined) return schema.enum[0]
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        schema.required.map((name) => [name, example(schema.properties[name], schemas)]),
      )
    case 'array':
      return []
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return 1
    default:
      return 'text'
  }
}
