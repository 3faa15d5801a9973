import { z } from 'zod'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Export } from '../domain/export.ts'
import type { ChangeConnectionPorts } from '../use-cases/change-connection.ts'
import type { ConnectPorts } from '../use-cases/connect.ts'
import type { CountMonthsPorts } from '../use-cases/count-months.ts'
import type { DisconnectPorts } from '../use-cases/disconnect.ts'
import type { JudgeConnectionPorts, ListConnectionsPorts } from '../use-cases/list-connections.ts'
import type { ListTransactionsPorts } from '../use-cases/list-transactions.ts'
import type { ReadCoveragePorts } from '../use-cases/read-coverage.ts'
import type { ReplaceCredentialsPorts } from '../use-cases/replace-credentials.ts'
import type { Formats, RequestExportPorts } from '../use-cases/request-export.ts'
import type { ListRunsPorts, RequestSyncPorts } from '../use-cases/start-sync.ts'
import type { FieldProblem } from '../use-cases/submission.ts'
import type { SummarisePorts } from '../use-cases/summarise.ts'
import type { ExportRole } from '../use-cases/write-export.ts'
import { InvalidRequestError, type ProblemCode } from './problem.ts'

type CommonPorts = { readonly exchanges: ReadonlyMap<string, ExchangeDefinition> }

/** What the routes that take a key need of the world. They alone talk to an exchange. */
export type KeyPorts = ConnectPorts & ReplaceCredentialsPorts & CommonPorts

/** What all other routes need of the world. */
export type HistoryPorts = DisconnectPorts &
  ChangeConnectionPorts &
  JudgeConnectionPorts &
  RequestExportPorts &
  ListConnectionsPorts &
  ListTransactionsPorts &
  ReadCoveragePorts &
  RequestSyncPorts &
  SummarisePorts &
  CountMonthsPorts &
  ListRunsPorts &
  CommonPorts & {
    readonly exports: { list(user: string): Promise<readonly Export[]> }
    /** The addresses that a user binds keys of an exchange to. */
    readonly addresses: (user: string, exchange: string) => Promise<readonly string[]>
    readonly formats: Formats
    /** An address that opens the file for a while, and until when (epoch milliseconds); undefined for ever. */
    readonly download: (
      finished: Export,
      role: ExportRole,
    ) => Promise<{ readonly url: string; readonly until?: number }>
  }

export type Answer = {
  readonly status: 200 | 201 | 202 | 204
  /** JSON text, since rows carry number literals that JavaScript cannot hold. */
  readonly json?: string
  readonly location?: string
}

type Documented = {
  /** What a generated client calls it. */
  readonly name: string
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** As OpenAPI writes it: `/v1/connections/{id}`. */
  readonly path: string
  readonly summary: string
  readonly description?: string
  readonly answer: {
    readonly status: Answer['status']
    readonly description: string
    readonly schema?: z.ZodType
  }
  /** The problems that are particular to this route. */
  readonly problems: readonly ProblemCode[]
  /** A request sent again with the same Idempotency-Key means the same. */
  readonly idempotent?: true
  /** Bodies as they may be sent, by name. */
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: object }>>
}

type Definition<
  Ports,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
> = Documented & {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly handle: (
    ports: Ports,
    request: {
      readonly user: string
      readonly params: z.output<Params>
      readonly query: z.output<Query>
      readonly body: z.output<Body>
      readonly idempotencyKey?: string
    },
  ) => Promise<Answer>
}

export type RawRequest = {
  readonly user: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  readonly idempotencyKey?: string
}

export type Route<Ports> = Documented & {
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly body?: z.ZodType
  readonly respond: (ports: Ports, request: RawRequest) => Promise<Answer>
}

/** For routes that take no body; what comes all the same is not looked at. */
export const noBody: z.ZodType = z.undefined()

/** Ties a route's schemas to its handler: what the handler gets is checked, or it is never called. */
export function routeOver<Ports>() {
  return <Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(
    definition: Definition<Ports, Params, Query, Body>,
  ): Route<Ports> => {
    const { handle, body: schema, ...documented } = definition
    return {
      ...documented,
      ...(schema !== noBody && { body: schema }),
      respond: async (ports, { user, params, query, body, idempotencyKey }) =>
        handle(ports, {
          user,
          ...(documented.idempotent &&
            idempotencyKey !== undefined && { idempotencyKey: parseKey(idempotencyKey) }),
          params: parse(definition.params, params),
          query: parse(definition.query, query),
          body: parse(schema, body),
        }),
    }
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: ownWords })
  if (parsed.success) return parsed.data
  throw new InvalidRequestError(parsed.error.issues.flatMap(fieldProblems))
}

function parseKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new InvalidRequestError([
    { field: 'Idempotency-Key', problem: 'must be 1 to 255 characters of ASCII without spaces' },
  ])
}

/** What the schemas do not say themselves. The value is never repeated: it may be a secret. */
function ownWords(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return 'is required'
  if (issue.code === 'invalid_type')
    return `must be ${issue.expected === 'string' ? 'text' : `of type ${issue.expected}`}`
  if (issue.code === 'invalid_value') {
    const [only, ...others] = issue.values.map(String)
    return others.length === 0
      ? `can only be “${only}”: leave it out otherwise`
      : `must be one of ${[only, ...others].join(', ')}`
  }
  return 'is not valid'
}

const longestName = 60

function fieldProblems(issue: z.core.$ZodIssue): readonly FieldProblem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: [...issue.path.map(String), key.slice(0, longestName)].join('.'),
      problem: 'is not a field of this request',
    }))
  return [{ field: issue.path.map(String).join('.') || 'body', problem: issue.message }]
}
