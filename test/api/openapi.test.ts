import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { apiDocument } from '../../lambdas/api/openapi.ts'
import { routes } from '../../lambdas/api/routes.ts'
import { connectBody } from '../../lambdas/api/schemas.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'

describe('the document of the API', () => {
  it('is committed as the routes have it', async () => {
    const committed = await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8')
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(apiDocument())))
  })

  it('describes every route with an answer and names its problems', () => {
    const { paths = {} } = apiDocument()
    for (const route of routes) {
      const operation = paths[route.path]?.[route.method]
      expect(operation?.operationId).toBe(route.name)
      expect(Object.keys(operation?.responses ?? {})).toEqual(
        expect.arrayContaining([String(route.answer.status), '400', '403', '500']),
      )
    }
  })

  it('gives every request its own name, every path parameter its description', () => {
    expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length)
    for (const { path, params } of routes)
      expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(Object.keys(params.shape))
  })

  it('shows for each exchange how to connect it, with a passphrase only where it has one', () => {
    const examples = routes.find(({ name }) => name === 'connect')?.examples ?? {}
    expect(Object.keys(examples)).toEqual([...exchanges.keys()])
    for (const [id, { value }] of Object.entries(examples)) {
      const exchange = exchanges.get(id)
      const body = connectBody.parse(value)
      expect(exchange && body.submit(exchange, String)).not.toHaveProperty('problems')
      expect('passphrase' in value).toBe(exchange?.credentials.some(({ name }) => name === 'passphrase'))
    }
  })

  it('marks credentials as passwords and never shows one in an answer', () => {
    const { components } = JSON.parse(JSON.stringify(apiDocument()))
    for (const name of ['apiKey', 'secret', 'passphrase'])
      expect(components.schemas.NewConnection.properties[name].format).toBe('password')
    for (const name of ['Connection', 'ConnectedKey', 'Sync', 'Transaction'])
      expect(Object.keys(components.schemas[name].properties)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/apiKey|secret|passphrase|vault/)]),
      )
  })
})
