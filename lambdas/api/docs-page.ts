import { z } from 'zod'
import { docsStyle } from './docs-style.ts'
import { firstSteps } from './first-steps.ts'
import { type ProblemCode, problems } from './problem.ts'

/** What of an OpenAPI document the page shows. */
type Schema = z.output<typeof schemaShape>
const schemaShape = z.object({
  $ref: z.string().optional(),
  type: z.string().optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  example: z.unknown().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), schemaShape).optional()
  },
  get items() {
    return schemaShape.optional()
  },
})

const content = z.record(z.string(), z.object({ schema: schemaShape })).optional()

const operationShape = z.object({
  operationId: z.string(),
  summary: z.string(),
  description: z.string().optional(),
  parameters: z
    .array(
      z.object({
        in: z.string(),
        name: z.string(),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: schemaShape,
      }),
    )
    .default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content })),
})

const documentShape = z.object({
  info: z.object({ title: z.string(), description: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.object({ schemas: z.record(z.string(), schemaShape) }),
})

type Document = z.output<typeof documentShape>
type Operation = z.output<typeof operationShape> & { readonly method: string; readonly path: string }

/** A readable page about the API at this address, complete in itself, made from its OpenAPI document. */
export function docsPage(openapi: unknown, address: string): string {
  const document = documentShape.parse(openapi)
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => ({ ...operation, method, path })),
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(document.info.title)}: API</title>
<style>${docsStyle}</style>
</head>
<body>
<div class="page">
${navigation(operations)}
<main>
<p><a href="./">The console</a></p>
<h1>${escapeHtml(document.info.title)}</h1>
<div class="prose">${paragraphs(document.info.description)}</div>
${firstStepsSection(address, document)}
${operations.map((operation) => operationSection(operation, document)).join('\n')}
${problemSection()}
</main>
</div>
</body>
</html>
`
}

function navigation(operations: readonly Operation[]): string {
  const link = ({ operationId, summary }: Operation) =>
    `<li><a href="#${operationId}">${prose(summary)}</a></li>`
  return `<nav aria-label="Contents">
<strong>Start</strong>
<ul><li><a href="#first-steps">First steps</a></li><li><a href="openapi.json">openapi.json</a></li></ul>
<strong>Requests</strong>
<ul>${operations.map(link).join('')}</ul>
<strong>Errors</strong>
<ul><li><a href="#problems">Problems and their codes</a></li></ul>
</nav>`
}

function firstStepsSection(address: string, document: Document): string {
  const body = (name: string) => exampleOf({ $ref: `#/components/schemas/${name}` }, document)
  const blocks = firstSteps(address, { connection: body('NewConnection'), export: body('NewExport') }).map(
    ({ why, code }) => `<p>${prose(why)}</p>${codeBlock(code)}`,
  )
  return `<section><h2 id="first-steps"><a class="anchor" href="#first-steps">First steps</a></h2>${blocks.join('')}</section>`
}

function operationSection(operation: Operation, document: Document): string {
  const { operationId, method, path, summary, description, parameters, requestBody } = operation
  const body = resolve(schemaOf(requestBody?.content), document)
  return `<section>
<h2 id="${operationId}"><a class="anchor" href="#${operationId}">${prose(summary)}</a></h2>
<p class="call"><span class="method ${method}">${method.toUpperCase()}</span><span>${escapeHtml(path)}</span></p>
${description === undefined ? '' : paragraphs(description)}
${parameters.length === 0 ? '' : `<h3>Parameters</h3>${table(parameters.map((one) => fieldRow(one.name, one.schema, one.required ?? false, document)))}`}
${body === undefined ? '' : `<h3>Body</h3>${fieldTable(body, document)}`}
<h3>Example</h3>
${codeBlock(curl(operation, document))}
${answers(operation, document)}
</section>`
}

function answers({ responses }: Operation, document: Document): string {
  return Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, { description, content: types }]) => {
      const schema = schemaOf(types)
      const sample = schema === undefined ? undefined : JSON.stringify(sampleOf(schema, document), null, 2)
      return `<h3>Answer <span class="status">${status}</span></h3><p>${prose(description)}</p>${
        sample === undefined
          ? ''
          : `<details><summary>What it looks like</summary>${codeBlock(sample)}</details>`
      }`
    })
    .concat(errorList(responses))
    .join('')
}

function errorList(responses: Operation['responses']): string {
  const rows = Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([, { description }]) => description.match(/`[\w-]+`/g) ?? [])
    .map((code) => code.replaceAll('`', ''))
    .map((code) => `<a href="#${code}"><code>${escapeHtml(code)}</code></a>`)
  return `<h3>Problems</h3><p>${rows.join(' ')}</p>`
}

function problemSection(): string {
  const codes = Object.keys(problems).filter((code): code is ProblemCode => code in problems)
  const rows = codes.map(
    (code) =>
      `<tr id="${code}"><td><code>${code}</code></td><td class="status">${problems[code].status}</td>` +
      `<td>${escapeHtml(problems[code].title)}. ${escapeHtml(problems[code].remedy ?? '')}</td></tr>`,
  )
  return `<section><h2 id="problems"><a class="anchor" href="#problems">Problems and their codes</a></h2>
<p>Errors are <code>application/problem+json</code>: <code>detail</code> says in a sentence what to do next, and
<code>errors</code> names each field that cannot be taken.</p>
<div class="table"><table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`
}

function fieldTable(schema: Schema, document: Document): string {
  return table(
    Object.entries(schema.properties ?? {}).map(([name, field]) =>
      fieldRow(name, field, schema.required?.includes(name) ?? false, document),
    ),
  )
}

function table(rows: readonly string[]): string {
  return `<div class="table"><table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

function fieldRow(name: string, schema: Schema, required: boolean, document: Document): string {
  const field = resolve(schema, document) ?? schema
  const limits = [
    field.maxLength === undefined ? [] : [`at most ${field.maxLength} characters`],
    field.minimum === undefined ? [] : [`${field.minimum} to ${field.maximum}`],
    field.default === undefined ? [] : [`${JSON.stringify(field.default)} when left out`],
    field.enum === undefined ? [] : [field.enum.map((value) => `\`${value}\``).join(', ')],
  ].flat()
  const star = required ? '<span class="required">required</span>' : ''
  return `<tr><td><code>${escapeHtml(name)}</code>${star}</td><td class="kind">${escapeHtml(field.type ?? '')}</td><td>${prose(field.description ?? '')} <span class="kind">${prose(limits.join('; '))}</span></td></tr>`
}

/** A request as it is sent from a terminal in which the first steps were taken. */
function curl({ method, path, parameters, requestBody }: Operation, document: Document): string {
  const address = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => `$${name.toUpperCase()}`)
  const query = parameters.some((one) => one.name === 'cursor') ? '?from=2026-01-01&limit=1000' : ''
  const schema = schemaOf(requestBody?.content)
  const body = schema === undefined ? [] : bodyLines(schema, document)
  const verb = method === 'get' || (body.length > 0 && method === 'post') ? '' : ` -X ${method.toUpperCase()}`
  return [`api "${address}${query}"${verb}`, ...body].join(' \\\n  ')
}

function bodyLines(schema: Schema, document: Document): readonly string[] {
  return [`-H 'content-type: application/json' -d @- <<'END'\n${exampleOf(schema, document)}\nEND`]
}

/** The fields that have an example, as JSON. */
function exampleOf(schema: Schema, document: Document): string {
  const { properties = {} } = resolve(schema, document) ?? schema
  const shown = Object.fromEntries(
    Object.entries(properties).flatMap(([name, field]) =>
      field.example === undefined ? [] : [[name, field.example]],
    ),
  )
  return JSON.stringify(shown, null, 2)
}

function schemaOf(types: Operation['responses'][string]['content']): Schema | undefined {
  return types?.['application/json']?.schema
}

function resolve(schema: Schema | undefined, { components }: Document): Schema | undefined {
  const name = schema?.$ref?.split('/').at(-1)
  return name === undefined ? schema : components.schemas[name]
}

/** What an answer may look like: examples where the schema has any, otherwise something of the right type. */
function sampleOf(reference: Schema, document: Document): unknown {
  const schema = resolve(reference, document) ?? reference
  if (schema.example !== undefined) return schema.example
  if (schema.enum !== undefined) return schema.enum[0]
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [name, sampleOf(field, document)]),
      )
    case 'array':
      return schema.items === undefined ? [] : [sampleOf(schema.items, document)]
    case 'integer':
    case 'number':
      return 0
    case 'boolean':
      return true
    default:
      return '…'
  }
}

function codeBlock(code: string): string {
  return `<pre tabindex="0"><code>${escapeHtml(code)}</code></pre>`
}

function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => `<p>${prose(paragraph)}</p>`)
    .join('')
}

/** Escapes, and sets in type what stands between back-ticks. */
function prose(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
