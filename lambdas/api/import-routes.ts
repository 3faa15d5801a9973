import type { StatementFile } from '../statements/statement-file.ts'
import { addKeylessFile } from '../use-cases/add-keyless-file.ts'
import { addStatementFile, findStatementFile, listStatementFiles } from '../use-cases/add-statement-file.ts'
import { findConnection } from '../use-cases/find-connection.ts'
import { type ListConnectionsPorts, listConnections } from '../use-cases/list-connections.ts'
import type { OpenKeylessPorts } from '../use-cases/open-keyless.ts'
import type { RemoveStatementFilePorts } from '../use-cases/remove-statement-file.ts'
import { describeImport, describeReading, importId, partsOf, type UploadAddress } from './import-answers.ts'
import * as schemas from './import-schemas.ts'
import * as shapes from './import-shapes.ts'
import { InvalidRequestError } from './problem.ts'
import { type Answer, noBody, type Route, routeOver } from './route.ts'
import { noParams, noQuery } from './schemas.ts'

/** What the routes of statement files need of the world. */
export type ImportPorts = RemoveStatementFilePorts &
  ListConnectionsPorts &
  OpenKeylessPorts & {
    /** Where the content of a file is sent to, without any sign-in. */
    readonly uploadTo: (file: StatementFile) => Promise<UploadAddress>
  }

const importRoute = routeOver<ImportPorts>()

/** Loaded when it is used: every function knows these routes, and one serves them. */
const work = () => import('./import-work.ts')

/** The routes of statement files. */
export const importRoutes: readonly Route<ImportPorts>[] = [
  importRoute({
    name: 'createImport',
    method: 'post',
    path: '/v1/imports',
    summary: 'Add a statement file',
    description:
      'Files that an exchange let its user download tell what its API no longer serves. Announce one, PUT its content to ' +
      '`upload.url`, ask for a plan, and commit it. The same file again is the same import. Nothing is stored before the commit.',
    params: noParams,
    query: noQuery,
    body: schemas.newImportBody,
    answer: { status: 201, description: 'Where its content is sent to.', schema: shapes.importAnswer },
    problems: ['not-found', 'file-refused', 'which-account'],
    handle: async (ports, { user, body }) => {
      const { exchange, label, newAccount, name, bytes, sha256 } = body
      if (exchange !== undefined && !ports.exchanges.has(exchange))
        throw new InvalidRequestError([
          { field: 'exchange', problem: `must be one of ${[...ports.exchanges.keys()].join(', ')}` },
        ])
      const announced = { name, bytes, sha256 }
      const { file } =
        exchange === undefined
          ? await addStatementFile(ports, user, body.connection ?? '', announced)
          : await addKeylessFile(ports, { user, exchange, label, newAccount }, announced)
      return { ...(await told(ports, file, 201)), location: `/v1/imports/${importId(file)}` }
    },
  }),

  importRoute({
    name: 'listImports',
    method: 'get',
    path: '/v1/imports',
    summary: 'List your statement files',
    params: noParams,
    query: schemas.importsQuery,
    body: noBody,
    answer: { status: 200, description: 'Files, the newest first.', schema: shapes.importList },
    problems: ['not-found'],
    handle: async (ports, { user, query }) => {
      const connections =
        query.connection === undefined
          ? await listConnections(ports, user)
          : [await findConnection(ports, user, query.connection)]
      const lists = await Promise.all(connections.map(({ id }) => listStatementFiles(ports, user, id)))
      const files = lists.flat().sort((a, b) => b.addedAt - a.addedAt || (importId(a) < importId(b) ? -1 : 1))
      return ok({ items: await Promise.all(files.map((file) => described(ports, file))) })
    },
  }),

  importRoute({
    name: 'readImport',
    method: 'get',
    path: '/v1/imports/{id}',
    summary: 'Read a statement file',
    params: schemas.importParams,
    query: noQuery,
    body: noBody,
    answer: { status: 200, description: 'How far it is.', schema: shapes.importAnswer },
    problems: ['not-found'],
    handle: async (ports, { user, params }) => {
      const { connection, file } = partsOf(params.id)
      return told(ports, await findStatementFile(ports, user, connection, file), 200)
    },
  }),

  importRoute({
    name: 'planImport',
    method: 'post',
    path: '/v1/imports/{id}/plan',
    summary: 'See what storing a statement file would do',
    description:
      'Reads the file as far as what is known allows. What only you can say is asked: send the same again with the answers. ' +
      'Then it tells, row by row as far as there is room, what is new, what is known already and what contradicts what the ' +
      'exchange has shown. Nothing is stored.',
    params: schemas.importParams,
    query: noQuery,
    body: schemas.planBody,
    answer: { status: 200, description: 'Refused, questions, or the plan.', schema: shapes.readAnswer },
    problems: ['not-found', 'content-missing', 'file-refused'],
    handle: async (ports, { user, params, body }) => {
      const { readStatementFile } = await work()
      return ok(describeReading(await readStatementFile(ports, requestOf(user, params.id, body))))
    },
  }),

  importRoute({
    name: 'commitImport',
    method: 'post',
    path: '/v1/imports/{id}/commit',
    summary: 'Store a statement file as planned',
    description:
      'Carries out the plan that you have seen, and nothing else: where the history has changed since, it is refused, and ' +
      'another plan is to be looked at.',
    params: schemas.importParams,
    query: noQuery,
    body: schemas.commitBody,
    answer: { status: 200, description: 'What was written.', schema: shapes.storedAnswer },
    problems: ['not-found', 'content-missing', 'file-refused', 'stale-plan', 'busy'],
    handle: async (ports, { user, params, body }) => {
      const { plan, ...others } = body
      const request = requestOf(user, params.id, others)
      const { storeStatementFile } = await work()
      const stored = await storeStatementFile(ports, { ...request, digest: plan })
      return ended(ports, user, params.id, stored)
    },
  }),

  importRoute({
    name: 'takeBackImport',
    method: 'post',
    path: '/v1/imports/{id}/take-back',
    summary: 'Take a statement file back',
    description: 'Everything is as it would be without it. It can be read and stored again.',
    params: schemas.importParams,
    query: noQuery,
    body: noBody,
    answer: { status: 200, description: 'What was removed.', schema: shapes.storedAnswer },
    problems: ['not-found', 'busy'],
    handle: async (ports, { user, params }) => {
      const { takeBackStatementFile } = await work()
      const taken = await takeBackStatementFile(ports, { user, ...partsOf(params.id) })
      return ended(ports, user, params.id, taken)
    },
  }),

  importRoute({
    name: 'removeImport',
    method: 'delete',
    path: '/v1/imports/{id}',
    summary: 'Remove a statement file',
    description:
      'As if it had never come: its content goes, and, where it was stored, its rows are taken back first. With the last file of an ' +
      'account that was opened for it, of which nothing was stored, that account goes. What you said of its columns is remembered.',
    params: schemas.importParams,
    query: noQuery,
    body: noBody,
    answer: { status: 204, description: 'Nothing is kept of it.' },
    problems: ['not-found', 'busy'],
    handle: async (ports, { user, params }) => {
      const { removeStatementFile } = await work()
      await removeStatementFile(ports, { user, ...partsOf(params.id) })
      return { status: 204 }
    },
  }),
]

function requestOf(user: string, id: string, body: Parameters<typeof schemas.settingsOf>[0]) {
  return { user, ...partsOf(id), settings: schemas.settingsOf(body), attests: body.attests }
}

async function described(ports: ImportPorts, file: StatementFile) {
  return describeImport(file, file.state === 'awaited' ? await ports.uploadTo(file) : undefined)
}

async function told(ports: ImportPorts, file: StatementFile, status: 200 | 201): Promise<Answer> {
  return ok(await described(ports, file), status)
}

async function ended(
  ports: ImportPorts,
  user: string,
  id: string,
  { written, removed }: { readonly written: number; readonly removed: number },
): Promise<Answer> {
  const { connection, file } = partsOf(id)
  const after = await findStatementFile(ports, user, connection, file)
  return ok({ import: await described(ports, after), written, removed })
}

function ok(value: object, status: Answer['status'] = 200): Answer {
  return { status, json: JSON.stringify(value) }
}
