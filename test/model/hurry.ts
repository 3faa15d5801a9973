import type { ExchangeDefinition, WindowExchange } from '../../lambdas/domain/exchange.ts'
import type {
  ExchangeRequest,
  ListQuestion,
  Question,
  StreamDefinition,
  WindowStream,
} from '../../lambdas/domain/stream.ts'

const hurriedRequest = (request: ExchangeRequest): ExchangeRequest => ({
  ...request,
  rate: { ...request.rate, calls: 100_000 },
})

function hurriedSource<T extends { readonly request: ExchangeRequest }>(source: T): T {
  return { ...source, request: hurriedRequest(source.request) }
}

function hurriedStream(stream: WindowStream): WindowStream
function hurriedStream(stream: StreamDefinition): StreamDefinition
function hurriedStream(stream: StreamDefinition): StreamDefinition {
  if (stream.reads === 'list') {
    const { witness } = stream
    return {
      ...stream,
      ask: (question: ListQuestion) => hurriedRequest(stream.ask(question)),
      ...(witness && { witness: { ...witness, ask: (asked) => hurriedRequest(witness.ask(asked)) } }),
    }
  }
  const { byParts } = stream
  return {
    ...stream,
    ask: (question: Question) => hurriedRequest(stream.ask(question)),
    ...(byParts && { byParts: { ...byParts, ask: (asked) => hurriedRequest(byParts.ask(asked)) } }),
  }
}

/**
 * An exchange with limits so generous that tests need not wait for them: ccxt waits by a clock that no test can turn. All that a
 * sync asks belongs to it, since the first call of a limit decides for those that follow. What calls of several limits draw on
 * together stays as it is.
 */
export function withoutLimits(exchange: WindowExchange): WindowExchange
export function withoutLimits(exchange: ExchangeDefinition): ExchangeDefinition
export function withoutLimits(exchange: ExchangeDefinition): ExchangeDefinition {
  const { serverTime, marketSources, coinSource, holdings, toldLimits, streams } = exchange
  return {
    ...exchange,
    serverTime: hurriedSource(serverTime),
    marketSources: marketSources.map(hurriedSource),
    ...(coinSource && { coinSource: hurriedSource(coinSource) }),
    ...(holdings && { holdings: hurriedSource(holdings) }),
    ...(toldLimits && { toldLimits: hurriedSource(toldLimits) }),
    streams: streams.map(hurriedStream),
  }
}
