import type { z } from 'zod'
import { closingAdvice } from '../domain/closing-words.ts'
import type { Connection } from '../domain/connection.ts'
import { type ExchangeDefinition, symbolsProblem } from '../domain/exchange.ts'
import type { Export } from '../domain/export.ts'
import { bareTransactionJson, isoTime, transactionJson } from '../domain/outward.ts'
import { believedNow } from '../domain/run.ts'
import { exchanges } from '../exchanges/index.ts'
import { changeConnection } from '../use-cases/change-connection.ts'
import { type Connected, connect } from '../use-cases/connect.ts'
import { countMonths } from '../use-cases/count-months.ts'
import { describeExchange } from '../use-cases/describe-exchange.ts'
import { disconnect } from '../use-cases/disconnect.ts'
import { findConnection, ownerOf } from '../use-cases/find-connection.ts'
import { knownOf, listConnections } from '../use-cases/list-connections.ts'
import { listTransactions } from '../use-cases/list-transactions.ts'
import { readCoverage } from '../use-cases/read-coverage.ts'
import { readTransaction } from '../use-cases/read-transaction.ts'
import { replaceCredentials } from '../use-cases/replace-credentials.ts'
import {
  lifeOf,
  listExports,
  readExport,
  readExportRequest,
  readPeriod,
  requestExport,
} from '../use-cases/request-export.ts'
import { listRuns, readRun, requestSync } from '../use-cases/start-sync.ts'
import type { Submission } from '../use-cases/submission.ts'
import { summarise } from '../use-cases/summarise.ts'
import * as shapes from './answer-shapes.ts'
import {
  type Downloads,
  describeConnection,
  describeExport,
  describeFormat,
  describeMonth,
  describeRun,
  describeSummary,
} from './answers.ts'
import { connectExamples } from './connect-examples.ts'
import { encodeCursor } from './cursor.ts'
import { exchangeList } from './exchange-shapes.ts'
import { exportAnswer, formatList } from './export-shapes.ts'
import { type ImportPorts, importRoutes } from './import-routes.ts'
import { InvalidRequestError, type ProblemCode } from './problem.ts'
import { type Answer, type HistoryPorts, type KeyPorts, noBody, type Route, routeOver } from './route.ts'
import * as schemas from './schemas.ts'

/** The exchange was asked about the key: what it may have to say. */
const keyProblems: readonly ProblemCode[] = [
  'key-already-used',
  'same-account',
  'key-too-strong',
  'unauthorized',
  'wrong-signature',
  'forbidden-ip',
  'expired',
  'no-permission',
  'account-restricted',
  'exchange-closed',
  'rejected',
  'exchange-down',
  'rate-limited',
  'bad-payload',
  'clock-skew',
]

const keyRoute = routeOver<KeyPorts>()
const historyRoute = routeOver<HistoryPorts>()

/** The routes that take a key. */
export const keyRoutes: readonly Route<KeyPorts>[] = [
  keyRoute({
    name: 'connect',
    method: 'post',
    path: '/v1/connections',
    summary: 'Connect an exchange account',
    description:
      'Checks the key with the exchange, stores it in the vault and starts the first sync. A key that is refused ' +
      'is not stored anywhere. Connecting the same key and sub-account again after a disconnect goes on with the ' +
      'history that is there.',
    params: schemas.noParams,
    query: schemas.noQuery,
    body: schemas.connectBody,
    examples: connectExamples(exchanges.values()),
    answer: {
      status: 201,
      description: 'The connection, what you should know about its key, and the sync that was started.',
      schema: shapes.connected,
    },
    problems: ['duplicate-connection', 'account-unknown', 'busy', ...keyProblems],
    handle: async (ports, { user, body }) => {
      const exchange = ports.exchanges.get(body.exchange)
      if (exchange === undefined) {
        const known = [...ports.exchanges.keys()].join(', ')
        throw new InvalidRequestError([{ field: 'exchange', problem: `must be one of ${known}` }])
      }
      refuseFuture(body.accountSince, ports.clock())
      refuseSymbols(exchange, body.symbols)
      const connected = await connect(ports, {
        ...body,
        user,
        exchange,
        submission: checked(ports, exchange, body),
      })
      return {
        ...ok(describeConnected(connected, exchange, ports.clock()), 201),
        location: `/v1/connections/${connected.connection.id}`,
      }
    },
  }),

  keyRoute({
    name: 'replaceCredentials',
    method: 'put',
    path: '/v1/connections/{id}/credentials',
    summary: 'Replace the key',
    description: 'Goes on with another key of the same account, after a disconnect too. The history stays.',
    params: schemas.connectionParams,
    query: schemas.noQuery,
    body: schemas.credentialsBody,
    answer: {
      status: 200,
      description: 'The connection, what you should know about its new key, and the sync that was started.',
      schema: shapes.connected,
    },
    problems: ['not-found', 'different-account', 'account-unknown', ...keyProblems],
    handle: async (ports, { user, params, body }) => {
      const connection = await findConnection(ports, user, params.id)
      const exchange = exchangeOf(ports, connection)
      if (exchange === undefined) throw new Error('The exchange of a connection is not known.')
      const replaced = await replaceCredentials(ports, {
        user,
        id: params.id,
        exchange,
        submission: checked(ports, exchange, body),
        allowPowerfulKey: body.allowPowerfulKey,
        sameAccount: body.sameAccount,
      })
      return ok(describeConnected(replaced, exchange, ports.clock()))
    },
  }),
]

/** All other routes. */
export const historyRoutes: readonly Route<HistoryPorts>[] = [
  historyRoute({
    name: 'listExchanges',
    method: 'get',
    path: '/v1/exchanges',
    summary: 'What can be imported, and how to make a key for it',
    params: schemas.noParams,
    query: schemas.noQuery,
    body: noBody,
    answer: { status: 200, description: 'Every exchange there is.', schema: exchangeList },
    problems: [],
    handle: async (ports, { user }) => {
      const connections = await listConnections(ports, user)
      const runs = await Promise.all(connections.map((one) => ports.runs.latest(ownerOf(one))))
      const now = believedNow(ports.clock(), runs)
      const { exchanges, addresses } = ports
      return ok({
        items: await Promise.all(
          [...exchanges.values()].map(async (exchange) =>
            describeExchange(exchange, await addresses(user, exchange.id), now),
          ),
        ),
      })
    },
  }),

  historyRoute({
    name: 'readSummary',
    method: 'get',
    path: '/v1/summary',
    summary: 'See all your connections at a glance',
    description: 'Each with its exchange, how many rows are stored, what is missing, and its sync.',
    params: schemas.noParams,
    query: schemas.noQuery,
    body: noBody,
    answer: { status: 200, description: 'Your connections, oldest first.', schema: shapes.summary },
    problems: [],
    handle: async (ports, { user }) => {
      const known = await summarise(ports, user)
      const now = believedNow(
        ports.clock(),
        known.map(({ run }) => run),
      )
      const items = known.map((one) => describeSummary(one, exchangeOf(ports, one.connection), now))
      const waits = items.flatMap(({ sync }) => sync?.pollAfter ?? [])
      return ok({ items, ...(waits.length > 0 && { pollAfter: Math.min(...waits) }) })
    },
  }),

  historyRoute({
    name: 'listConnections',
    method: 'get',
    path: '/v1/connections',
    summary: 'List your connections',
    description: 'Disconnected ones included: their history is kept.',
    params: schemas.noParams,
    query: schemas.noQuery,
    body: noBody,
    answer: { status: 200, description: 'Your connections, oldest first.', schema: shapes.connectionList },
    problems: [],
    handle: async (ports, { user }) =>
      ok({
        items: await Promise.all((await listConnections(ports, user)).map((one) => described(ports, one))),
      }),
  }),

  historyRoute({
    name: 'readConnection',
    method: 'get',
    path: '/v1/connections/{id}',
    summary: 'Read a connection',
    params: schemas.connectionParams,
    query: schemas.noQuery,
    body: noBody,
    answer: { status: 200, description: 'The connection.', schema: shapes.connection },
    problems: ['not-found'],
    handle: async (ports, { user, params }) => {
      return ok(await described(ports, await findConnection(ports, user, params.id)))
    },
  }),

  historyRoute({
    name: 'changeConnection',
    method: 'patch',
    path: '/v1/connections/{id}',
    summary: 'Change what you say of a connection',
    description:
      'Its label, and since when the account was used. Time before that is “none, as its owner says” from then on, ' +
      'unless a row from before is stored. And whether it is paused, which asks the exchange nothing at night: what it forgets ' +
      'meanwhile becomes a gap.',
    params: schemas.connectionParams,
    query: schemas.noQuery,
    body: schemas.changeBody,
    answer: { status: 200, description: 'The connection.', schema: shapes.connection },
    problems: ['not-found', 'busy'],
    handle: async (ports, { user, params, body }) => {
      refuseFuture(body.accountSince, ports.clock())
      if (body.symbols !== undefined)
        refuseSymbols(exchangeOf(ports, await findConnection(ports, user, params.id)), body.symbols)
      return ok(await described(ports, await changeConnection(ports, user, params.id, body)))
    },
  }),

  historyRoute({
    name: 'disconnect',
    method: 'delete',
    path: '/v1/connections/{id}',
    summary: 'Disconnect',
    description: 'Destroys the stored key at once. The history stays, unless it is to be deleted too.',
    params: schemas.connectionParams,
    query: schemas.disconnectQuery,
    body: noBody,
    answer: { status: 204, description: 'The key is destroyed.' },
    problems: ['not-found'],
    handle: async (ports, { user, params, query }) => {
      await disconnect(ports, { user, id: params.id, history: query.history ?? 'keep' })
      return { status: 204 }
    },
  }),

  historyRoute({
    name: 'startSync',
    method: 'post',
    path: '/v1/connections/{id}/syncs',
    summary: 'Sync now',
    description:
      'Starts a sync, or joins the one that is under way. Right after a sync there is nothing to be had by another: ' +
      'it is refused for a few minutes, and `Retry-After` tells for how many seconds. Time that is unverified or lost is ' +
      'asked for again every week, and by a sync that is started with `recheck=true`.',
    params: schemas.connectionParams,
    query: schemas.syncQuery,
    body: noBody,
    answer: { status: 202, description: 'The sync.', schema: shapes.run },
    problems: ['not-found', 'disconnected', 'too-soon'],
    handle: async (ports, { user, params, query }) => {
      const run = await requestSync(ports, user, params.id, { recheck: query.recheck === 'true' })
      const connection = await findConnection(ports, user, params.id)
      return {
        ...ok(describeRun(run, exchangeOf(ports, connection)), 202),
        location: `/v1/connections/${params.id}/syncs/${run.id}`,
      }
    },
  }),

  historyRoute({
    name: 'listSyncs',
    method: 'get',
    path: '/v1/connections/{id}/syncs',
    summary: 'See the latest syncs',
    description: 'The latest 50 of the last ninety days.',
    params: schemas.connectionParams,
    query: schemas.noQuery,
    body: noBody,
    answer: { status: 200, description: 'Syncs, newest first.', schema: shapes.runList },
    problems: ['not-found'],
    handle: async (ports, { user, params }) => {
      const runs = await listRuns(ports, user, params.id)
      const exchange = exchangeOf(ports, await findConnection(ports, user, params.id))
      return ok({ items: runs.map((run) => describeRun(run, exchange)) })
    },
  }),

  historyRoute({
    name: 'countMonths',
    method: 'get',
    path: '/v1/connections/{id}/months',
    summary: 'See how many rows there are of which time',
    description:
      'Thirty days by thirty days and stream by stream, as the last sync has counted them; days without rows are left out.',
    params: schemas.connectionParams,
    query: schemas.noQuery,
    body: noBody,
    answer: {
      status: 200,
      description: 'Counts, oldest first within each stream.',
      schema: shapes.monthList,
    },
    problems: ['not-found'],
    handle: async (ports, { user, params }) =>
      ok({ items: (await countMonths(ports, user, params.id)).map(describeMonth) }),
  }),

  historyRoute({
    name: 'readSync',
    method: 'get',
    path: '/v1/connections/{id}/syncs/{run}',
    summary: 'Watch a sync',
    params: schemas.runParams,
    query: schemas.noQuery,
    body: noBody,
    answer: { status: 200, description: 'Its progress, stream by stream.', schema: shapes.run },
    problems: ['not-found'],
    handle: async (ports, { user, params }) => {
      const connection = await findConnection(ports, user, params.id)
      return ok(describeRun(await readRun(ports, user, params.id, params.run), exchangeOf(ports, connection)))
    },
  }),

  historyRoute({
    name: 'readCoverage',
    method: 'get',
    path: '/v1/connections/{id}/coverage',
    summary: 'See what is complete, and what is not',
    description:
      'Covered: every row of that time is stored. A gap should have been had and was not: `expired`, no longer ' +
      'served when we came; `saturated`, more rows in one instant than the exchange shows; `failed`, not obtained ' +
      'yet. Unverified: nobody can tell, because the exchange answers nothing (`beyond-depth`), refuses ' +
      '(`refused`), shows a crowded instant only part by part (`indivisible`), or cannot be asked for a time at all ' +
      '(`by-order`: rows are found by the orders that it lists). With a period all of it is about that time alone, as an ' +
      'export of it would say.',
    params: schemas.connectionParams,
    query: schemas.periodQuery,
    body: noBody,
    answer: { status: 200, description: 'Stream by stream.', schema: shapes.coverageList },
    problems: ['not-found'],
    handle: async (ports, { user, params, query }) => {
      const period = readPeriod(query, lifeOf(ports.exchanges, ports.clock()))
      if ('problems' in period) throw new InvalidRequestError(period.problems)
      return ok(await readCoverage(ports, user, params.id, period))
    },
  }),

  historyRoute({
    name: 'listTransactions',
    method: 'get',
    path: '/v1/transactions',
    summary: 'Read your history',
    description:
      'In the order of time, oldest or newest first, across all your connections. Where few of many rows fit what is ' +
      'asked for, a page may end before it is full, and even be empty: `nextCursor` goes on.',
    params: schemas.noParams,
    query: schemas.transactionsQuery,
    body: noBody,
    answer: { status: 200, description: 'One page.', schema: shapes.transactionList },
    problems: ['not-found'],
    handle: async (ports, { user, query }) => {
      const { cursor, raw, connection, stream, from, to, order, limit, q: text, ...fields } = query
      const question = {
        connection,
        stream,
        from,
        to,
        order,
        limit,
        filter: { ...fields, text },
        after: cursor,
      }
      const { items, next, searchedUntil } = await listTransactions(ports, user, question)
      const json = raw === 'none' ? bareTransactionJson : transactionJson
      const rows = items.map(({ connection, transaction }) => json(connection, transaction))
      const cursorJson = next === undefined ? '' : `,"nextCursor":${JSON.stringify(encodeCursor(next))}`
      const searched = searchedUntil === undefined ? '' : `,"searchedUntil":"${isoTime(searchedUntil)}"`
      return { status: 200, json: `{"items":[${rows.join(',')}]${cursorJson}${searched}}` }
    },
  }),
  historyRoute({
    name: 'readTransaction',
    method: 'get',
    path: '/v1/transactions/{id}',
    summary: 'Read one transaction',
    description: 'Send its id with every sign but letters, digits, `-`, `_`, `.` and `~` escaped.',
    params: schemas.transactionParams,
    query: schemas.noQuery,
    body: noBody,
    answer: { status: 200, description: 'The transaction.', schema: shapes.transaction },
    problems: ['not-found'],
    handle: async (ports, { user, params }) => {
      const { connection, transaction } = await readTransaction(ports, user, params.id)
      return { status: 200, json: transactionJson(connection, transaction) }
    },
  }),
  historyRoute({
    name: 'listFormats',
    method: 'get',
    path: '/v1/exports',
    summary: 'See in which formats a history can be had, and what you exported lately',
    params: schemas.noParams,
    query: schemas.noQuery,
    body: noBody,
    answer: {
      status: 200,
      description: 'Every format there is, and your latest exports.',
      schema: formatList,
    },
    problems: [],
    handle: async (ports, { user }) => {
      const recent = await listExports(ports, user)
      return ok({
        items: [...ports.formats.values()].map(describeFormat),
        recent: await Promise.all(
          recent.map(async (one) => describeExport(one, await downloadsOf(ports, one))),
        ),
      })
    },
  }),
  historyRoute({
    name: 'startExport',
    method: 'post',
    path: '/v1/exports',
    summary: 'Export your history',
    description:
      'Writes one file in the background, and says with it what the file covers. Send an `Idempotency-Key` to be able ' +
      'to send the request again without starting a second export.',
    params: schemas.noParams,
    query: schemas.noQuery,
    body: schemas.exportBody,
    answer: {
      status: 202,
      description: 'The export, to be asked for until it is done.',
      schema: exportAnswer,
    },
    problems: ['not-found', 'nothing-connected', 'idempotency-key-reused'],
    idempotent: true,
    handle: async (ports, { user, body, idempotencyKey }) => {
      const request = readExportRequest(ports.formats, body, lifeOf(ports.exchanges, ports.clock()))
      if ('problems' in request) throw new InvalidRequestError(request.problems)
      const started = await requestExport(ports, user, request, idempotencyKey)
      return { ...ok(describeExport(started, {}), 202), location: `/v1/exports/${started.id}` }
    },
  }),
  historyRoute({
    name: 'readExport',
    method: 'get',
    path: '/v1/exports/{id}',
    summary: 'Fetch an export',
    description: 'Once it is done, with addresses that open its files for a while.',
    params: schemas.exportParams,
    query: schemas.noQuery,
    body: noBody,
    answer: { status: 200, description: 'The export.', schema: exportAnswer },
    problems: ['not-found'],
    handle: async (ports, { user, params }) => {
      const found = await readExport(ports, user, params.id)
      return ok(describeExport(found, await downloadsOf(ports, found)))
    },
  }),
]

/** The API, as data. Everything a route answers is described by its schema. */
export const routes: readonly Route<KeyPorts & HistoryPorts & ImportPorts>[] = [
  ...keyRoutes,
  ...historyRoutes,
  ...importRoutes,
]

function ok(body: unknown, status: Answer['status'] = 200): Answer {
  return { status, json: JSON.stringify(body) }
}

/** With what is known of its history. */
async function described(ports: HistoryPorts, connection: Connection) {
  return describeConnection(connection, exchangeOf(ports, connection), await knownOf(ports, connection))
}

function refuseFuture(accountSince: number | null | undefined, now: number): void {
  if (typeof accountSince === 'number' && accountSince > now)
    throw new InvalidRequestError([{ field: 'accountSince', problem: 'must not be later than now' }])
}

/** What is of no use is not taken without a word. */
function refuseSymbols(
  exchange: ExchangeDefinition | undefined,
  symbols: readonly string[] | undefined,
): void {
  const problem = exchange && symbolsProblem(exchange, symbols)
  if (problem !== undefined) throw new InvalidRequestError([{ field: 'symbols', problem }])
}

async function downloadsOf({ download }: HistoryPorts, found: Export): Promise<Downloads> {
  if (found.state !== 'done') return {}
  return {
    history: await download(found, 'history'),
    statement: await download(found, 'statement'),
    statementJson: await download(found, 'statement-json'),
  }
}

function exchangeOf(
  ports: Pick<KeyPorts, 'exchanges'>,
  connection: Connection,
): ExchangeDefinition | undefined {
  return ports.exchanges.get(connection.exchange)
}

/** The credentials of a body, held against what this exchange accepts. */
function checked(
  { hash }: KeyPorts,
  exchange: ExchangeDefinition,
  { submit }: Pick<z.output<typeof schemas.credentialsBody>, 'submit'>,
): Submission {
  const submitted = submit(exchange, hash)
  if ('problems' in submitted) throw new InvalidRequestError(submitted.problems)
  return submitted
}

function describeConnected(
  { connection, warnings, run }: Connected,
  exchange: ExchangeDefinition,
  now: number,
) {
  return {
    ...describeConnection(connection, exchange),
    warnings,
    closingAdvice: closingAdvice(exchange, [], now),
    sync: describeRun(run, exchange),
  }
}
