import type { MiddlewareHandler } from 'hono'
import { problemDetails, problemResponse } from '../lambdas/api/problem.ts'

/**
 * Lets nothing in that a web page somewhere could send. A page can make its reader's browser call this computer, and
 * with a name that it points here (DNS rebinding) even read the answer: the browser then sends that name as Host.
 */
export const ownPagesOnly: MiddlewareHandler = async (context, next) => {
  const host = context.req.header('host') ?? ''
  const origin = context.req.header('origin')
  const site = context.req.header('sec-fetch-site') ?? 'none'
  const isOwn =
    /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host) &&
    (origin === undefined || origin.toLowerCase() === `http://${host}`.toLowerCase()) &&
    (site === 'none' || site === 'same-origin')
  if (isOwn) return next()
  return problemResponse(foreign)
}

const foreign = problemDetails(
  'forbidden-origin',
  'This server answers only programs and pages of this computer, at 127.0.0.1 or localhost.',
)
