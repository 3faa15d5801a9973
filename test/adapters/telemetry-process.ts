import { type Fields, openTelemetry } from '../../lambdas/adapters/telemetry.ts'

/** A function as the cloud runs it: three invocations, of which the last two fail. The canary comes by argument. */
const canary = process.argv[2] ?? ''
const telemetry = openTelemetry()

// A field that nobody allowed gets there only past the type checker.
const fields: Fields = Object.assign({ connection: 'c1', new: 3 }, { apiKey: canary, raw: { canary } })
await telemetry.invocation('request-1', {}, async (here) => {
  here.log('info', 'ended', fields)
  here.measure('RowsNew', 3)
})

const cause = Object.assign(new TypeError(`https://example.com/?key=${canary}`), { config: { canary } })
for (const requestId of ['request-2', 'request-3'])
  await telemetry
    .invocation(requestId, { 'message-id': 'm1' }, async (here) => {
      here.measure('RunsFailed', 1)
      throw cause
    })
    .catch((error: unknown) => {
      const told = error instanceof Error ? { message: error.message, stack: error.stack, error } : {}
      process.stdout.write(`${JSON.stringify({ thrown: told })}\n`)
    })
