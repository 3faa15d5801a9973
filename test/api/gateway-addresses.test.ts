import { expect, it } from 'vitest'
import { openTelemetry } from '../../lambdas/adapters/telemetry.ts'
import { gatewayHandler } from '../../lambdas/api/http.ts'
import { historyRoutes, keyRoutes } from '../../lambdas/api/routes.ts'

const handler = gatewayHandler(openTelemetry(), {
  routes: historyRoutes,
  elsewhere: keyRoutes,
  // Nobody gets so far as to need a store.
  ports: {} as never,
})

/** What API Gateway hands over and passes on, by a name of its own or under the gateway's, with its stage. */
async function ask(method: string, path: string, stage = '', sent: Record<string, string> = {}) {
  const event = {
    httpMethod: method,
    path,
    headers: sent,
    multiValueHeaders: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext: { domainName: 'api.example.com', path: stage + path },
    body: null,
    isBase64Encoded: false,
  }
  const { statusCode, headers, multiValueHeaders, body } = Object(
    await handler(event, { awsRequestId: 'id' } as never),
  )
  return { status: statusCode, headers: { ...headers, ...multiValueHeaders }, body }
}

it('A problem’s type leads to its description, under the stage of the gateway and without one', async () => {
  expect(JSON.parse((await ask('GET', '/nowhere', '/dev')).body)).toMatchObject({
    type: '/dev/docs#not-found',
    status: 404,
  })
  expect(JSON.parse((await ask('GET', '/nowhere')).body)).toMatchObject({ type: '/docs#not-found' })
})

it('Behind the distribution, addresses have its name and no stage', async () => {
  const behind = { 'x-console-host': 'history.example.com' }
  expect(JSON.parse((await ask('GET', '/nowhere', '/dev', behind)).body)).toMatchObject({
    type: '/docs#not-found',
  })
  const docs = async (host: string) => (await ask('GET', '/docs', '/dev', { 'x-console-host': host })).body
  expect(await docs('history.example.com')).toContain('https://history.example.com')
  const elsewhere = await docs('evil.example.com/path?')
  expect(elsewhere).not.toContain('evil.example.com')
  expect(elsewhere).toContain('https://api.example.com/dev')
})

it('OPTIONS answers what an address allows, of keys too', async () => {
  const connections = await ask('OPTIONS', '/v1/connections', '/dev')
  expect(connections.status).toBe(204)
  expect(JSON.stringify(connections.headers)).toMatch(/GET.*POST|POST.*GET/)
  expect((await ask('OPTIONS', '/nowhere')).status).toBe(404)
})
