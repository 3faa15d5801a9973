import { inspect } from 'node:util'
import { expect } from 'vitest'
import type { z } from 'zod'
import * as shapes from '../../lambdas/api/answer-shapes.ts'
import { createApp } from '../../lambdas/api/app.ts'
import { importRoutes } from '../../lambdas/api/import-routes.ts'
import { historyRoutes, keyRoutes } from '../../lambdas/api/routes.ts'
import { canaries, homeInMemory } from '../use-cases/home-in-memory.ts'

/** An app for the users `ada` and `bob`, whose every answer is searched for secrets and held against its schema. */
export function openApp() {
  const world = homeInMemory()
  const app = createApp({
    routes: [...keyRoutes, ...historyRoutes],
    elsewhere: importRoutes,
    ports: world.ports,
    log: world.noteLog,
    user: (context) => context.req.header('x-user') ?? 'ada',
  })

  async function request(method: string, path: string, init: RequestInit = {}) {
    const answer = await app.request(path, { method, ...init })
    const text = await answer.text()
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const shown = text + inspect([...answer.headers]) + inspect(world.log, { depth: 9 })
    for (const canary of Object.values(canaries)) expect(shown).not.toContain(canary)
    expect(shown).not.toContain('example.com')
    const isJson = text !== '' && answer.headers.get('content-type')?.includes('json')
    const json = isJson ? JSON.parse(text) : undefined
    if (answer.status >= 400 && method !== 'HEAD') {
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(shapes.problem.parse(json)).toMatchObject({ status: answer.status })
      expect(json.detail).toMatch(/[.?”]$/)
    }
    return { status: answer.status, headers: answer.headers, text, json }
  }

  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(method, path, {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  const get = (path: string, user = 'ada') => request('GET', path, { headers: { 'x-user': user } })
  const connect = (more: object = {}) =>
    send('POST', '/v1/connections', { exchange: 'bitmart', ...canaries, ...more })
  return { ...world, app, request, send, get, connect }
}

export function expectShape(schema: z.ZodType, value: unknown): void {
  expect(schema.safeParse(value).error?.issues ?? []).toEqual([])
}
