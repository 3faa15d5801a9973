import type { ExchangeClient } from '../../lambdas/domain/client.ts'

/** The same client, whose every question ends when the signal fires, whoever asks. */
export function abortableClient(client: ExchangeClient, signal: AbortSignal): ExchangeClient {
  return {
    ...client,
    ask: (request, schema, options) => client.ask(request, schema, { signal, ...options }),
  }
}
