import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { z } from 'zod'
import { mutated, oddJson, oddText } from './odd-json.ts'

/** Requests that nobody should send, for every operation of the document of the API. */

const parameter = z.object({ in: z.enum(['path', 'query', 'header']), name: z.string() })
const operation = z.object({
  parameters: z.array(parameter).default([]),
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })).optional() }),
  ),
})
const document = z
  .object({
    paths: z.record(z.string(), z.record(z.string(), operation)),
    components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')))

const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({
    method: method.toUpperCase(),
    path,
    ...described,
  })),
)

export type Operation = (typeof documented)[number]

const isOfFiles = ({ path }: Operation) => path.startsWith('/v1/imports')

/** Those of statement files have a world of their own. */
export const [importOperations, operations] = [
  documented.filter(isOfFiles),
  documented.filter((one) => !isOfFiles(one)),
]

const definitions = JSON.parse(
  JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
)
const known = new Map<string, z.ZodType>()

/** What the document says an answer of this status holds; undefined where it says that it does not occur. */
export function documentedAnswer(
  { method, path, responses }: Operation,
  status: number,
): { readonly type: string; readonly schema: z.ZodType } | 'nothing' | undefined {
  const response = responses[String(status)]
  if (response === undefined) return undefined
  const [type, content] = Object.entries(response.content ?? {})[0] ?? []
  if (type === undefined || content === undefined) return 'nothing'
  const name = `${method} ${path} ${status}`
  const text = JSON.stringify(content.schema).replaceAll('#/components/schemas/', '#/$defs/')
  const schema = known.get(name) ?? z.fromJSONSchema({ ...JSON.parse(text), $defs: definitions })
  known.set(name, schema)
  return { type, schema }
}

export type OddRequest = {
  /** As it is sent: path and query, encoded. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

/** What a sane caller would use; `ids` names things that exist. */
export type Sane = {
  readonly ids: Readonly<Record<string, string>>
  readonly queries: Readonly<Record<string, readonly string[]>>
  readonly bodies: Readonly<Record<string, object>>
}

/** Not everything that is odd can be sent in a header: what cannot is no business of a server. */
const headerText = oddText.filter((text) => /^[\x21-\x7e\x80-\xff]*$/.test(text))

const encoded = oddText.map((text) => encodeURIComponent(text.replace(/\p{Cs}/gu, '?')))
const rawPart = fc.constantFrom(
  '%',
  '%zz',
  '%00',
  '%E0%A4%A',
  '%ED%A0%80',
  '%2e%2e',
  '..',
  '.',
  '%2f',
  '//',
  '%23',
  '%25',
  ';a=b',
  '{id}',
  '*',
  'a%0d%0aX-A:b',
)

const contentType = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/json; charset=utf-8',
    'application/json;charset=latin1',
    'text/plain',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/problem+json',
    '*/*',
    'application/json, text/plain',
  ),
  headerText,
)

function bytesOf(sample: object | undefined): fc.Arbitrary<Uint8Array> {
  const text = sample === undefined ? oddJson : fc.oneof({ weight: 5, arbitrary: mutated(sample) }, oddJson)
  const whole = text.map((json) => Buffer.from(json))
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
    { weight: 1, arbitrary: whole.map((bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])) },
    {
      weight: 1,
      arbitrary: fc.tuple(whole, fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % (bytes.length + 1))),
    },
    { weight: 1, arbitrary: fc.tuple(whole, fc.nat()).map(([bytes, at]) => changeByte(bytes, at)) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(
          '['.repeat(60_000),
          `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`,
          `"${'x'.repeat(70_000)}"`,
          ' '.repeat(65_536),
          '1'.repeat(60_000),
        )
        .map((json) => Buffer.from(json)),
    },
  )
}

function changeByte(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes)
  if (changed.length > 0) changed[at % changed.length] = 0x80 + (at % 0x80)
  return changed
}

/** The request that the odd ones are made from. */
export function saneRequest({ method, path }: Operation, sane: Sane): OddRequest {
  const body = sane.bodies[`${method} ${path}`]
  return {
    target: path.replace(/\{(.+?)\}/g, (_part, name) => idOf(path, name, sane)),
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
  }
}

function idOf(path: string, name: string, { ids }: Sane): string {
  return encodeURIComponent(ids[`${path} ${name}`] ?? ids[name] ?? 'unknown')
}

/** Requests of one operation, most of them nearly right: what is refused at the door finds nothing. */
export function oddRequests(operation: Operation, sane: Sane): fc.Arbitrary<OddRequest> {
  const { method, path, parameters } = operation
  const parts = path.split('/').map((part) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1]
    if (name === undefined) return fc.constant(part)
    return fc.oneof(
      { weight: 6, arbitrary: fc.constant(idOf(path, name, sane)) },
      { weight: 3, arbitrary: encoded },
      rawPart,
    )
  })
  const names = parameters.filter((one) => one.in === 'query').map(({ name }) => name)
  const field = fc.oneof(
    ...names.map((name) =>
      fc.tuple(fc.constant(name), fc.oneof(fc.constantFrom(...(sane.queries[name] ?? ['x'])), encoded)),
    ),
    fc.tuple(encoded, encoded),
    fc.tuple(rawPart, rawPart),
  )
  const query = fc.oneof(
    { weight: names.length === 0 ? 5 : 1, arbitrary: fc.constant('') },
    {
      weight: 2,
      arbitrary: fc
        .array(field, { minLength: 1, maxLength: 4 })
        .map((fields) => `?${fields.map(([name, value]) => `${name}=${value}`).join('&')}`),
    },
  )
  const headers = fc.record(
    {
      'content-type': contentType,
      'idempotency-key': headerText,
      accept: headerText,
      'x-http-method-override': fc.constantFrom('DELETE', 'PUT'),
      'x-forwarded-host': headerText,
      cookie: headerText,
      authorization: headerText,
      range: fc.constant('bytes=0-9999999999'),
      'if-none-match': fc.constant('*'),
      expect: fc.constant('nothing'),
    },
    { requiredKeys: ['content-type'] },
  )
  const body =
    method === 'GET' || method === 'DELETE'
      ? fc.constant(undefined)
      : fc.option(bytesOf(sane.bodies[`${method} ${path}`]), { nil: undefined, freq: 15 })
  return fc
    .record({
      target: fc
        .tuple(
          fc.tuple(...parts).map((texts) => texts.join('/')),
          query,
        )
        .map(([where, what]) => where + what),
      headers,
      body,
    })
    .map(({ body, ...request }) => (body === undefined ? request : { ...request, body }))
}
