import { z } from 'zod'
import { createDocument, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from 'zod-openapi'
import { problem } from './answer-shapes.ts'
import { type ProblemCode, problems, problemType } from './problem.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'

const description = `Imports the complete transaction history of crypto exchange accounts, and keeps it.

Every row that an exchange served for a covered interval is stored exactly once, with its exact decimals and its raw
payload. What is not covered is shown, never passed over. Keys only need to read, are kept in a vault, and never leave
it: answers show the last four characters.

Times are ISO 8601 in UTC with milliseconds, amounts are exact decimals in text. Lists answer
\`{"items": [...], "nextCursor"?}\`. Errors are problem details (RFC 9457): \`code\` is for programs, \`detail\` for people.`

/** Problems that any route can answer with. */
const common: readonly ProblemCode[] = [
  'invalid-request',
  'unauthenticated',
  'forbidden-origin',
  'internal-error',
]
/** Problems of every route that takes a body. */
const ofBodies: readonly ProblemCode[] = ['malformed-json', 'unsupported-media-type']

/** Of a body that nobody asked for, too: its size is looked at before anything else. */
const ofAnyBody: readonly ProblemCode[] = ['body-too-large']

/** The OpenAPI document of the routes. */
export function apiDocument() {
  return createDocument(
    {
      openapi: '3.1.0',
      info: { title: 'Exchange history importer', version: '1', description },
      // Beside this document, wherever that is: behind a gateway, a prefix may come first.
      servers: [{ url: '.' }],
      paths: paths(),
    },
    {
      // The format says it; the pattern that checks it is longer than the rest of the document.
      override: ({ jsonSchema }) => {
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
      },
    },
  )
}

function paths(): ZodOpenApiPathsObject {
  const addresses = new Set(routes.map(({ path }) => path))
  return Object.fromEntries(
    [...addresses].map((address) => [
      address,
      Object.fromEntries(
        routes.filter(({ path }) => path === address).map((route) => [route.method, operation(route)]),
      ),
    ]),
  )
}

const idempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .meta({ description: 'The same key of the same user means the same request, however often it is sent.' }),
})

function operation(route: Route<never>) {
  const { status, description: answered, schema } = route.answer
  return {
    operationId: route.name,
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    requestParams: {
      ...(Object.keys(route.params.shape).length > 0 && { path: route.params }),
      ...(Object.keys(route.query.shape).length > 0 && { query: route.query }),
      ...(route.idempotent && { header: idempotencyHeader }),
    },
    ...(route.body !== undefined && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: route.body,
            ...(route.examples !== undefined && { examples: route.examples }),
          },
        },
      },
    }),
    responses: {
      [String(status)]: {
        description: answered,
        ...(schema !== undefined && { content: { 'application/json': { schema } } }),
      },
      ...problemResponses([
        ...route.problems,
        ...(route.body === undefined ? [] : ofBodies),
        ...(route.method === 'get' ? [] : ofAnyBody),
        ...common,
      ]),
    },
  }
}

function problemResponses(codes: readonly ProblemCode[]): ZodOpenApiResponsesObject {
  const statuses = new Set(codes.map((code) => problems[code].status))
  return Object.fromEntries(
    [...statuses].sort().map((status) => [
      String(status),
      {
        description: [...new Set(codes)]
          .filter((code) => problems[code].status === status)
          .map((code) => `\`${code}\`: ${problems[code].title}.`)
          .join('\n'),
        content: { [problemType]: { schema: problem } },
      },
    ]),
  )
}
