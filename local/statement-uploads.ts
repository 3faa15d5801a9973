import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { partsOf } from '../lambdas/api/import-answers.ts'
import { problemDetails, problemResponse, refusalProblem } from '../lambdas/api/problem.ts'
import { keepContent, largestFile, type StatementFilePorts } from '../lambdas/use-cases/add-statement-file.ts'
import { RefusedError } from '../lambdas/use-cases/refusal.ts'
import { localUser } from './identity.ts'

/** Where the content of a statement file is sent to, as an address of this server; the cloud has a bucket for that. */
export const uploadPath = '/v1/imports/:id/content'

export function isUpload({ req }: Context): boolean {
  return req.method === 'PUT' && /^\/v1\/imports\/[^/]+\/content$/.test(req.path)
}

/** Longer ones are turned away before they are read. */
export const uploadLimit = bodyLimit({
  maxSize: largestFile,
  onError: () =>
    problemResponse(
      problemDetails(
        'body-too-large',
        `A statement file may have ${largestFile / 1024 / 1024} MB at most: download it in several files of shorter time.`,
      ),
    ),
})

/** Keeps what came as the content of a file that was announced. */
export async function takeUpload(ports: StatementFilePorts, id: string, context: Context): Promise<Response> {
  const { connection, file } = partsOf(id)
  try {
    const bytes = new Uint8Array(await context.req.arrayBuffer())
    await keepContent(ports, localUser, connection, file, bytes)
    return new Response(null, { status: 204 })
  } catch (error) {
    if (error instanceof RefusedError) return problemResponse(refusalProblem(error))
    throw error
  }
}
