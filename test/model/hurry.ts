import type {
  AccountSource,
  ExchangeDefinition,
  Powers,
  WindowExchange,
} from '../../lambdas/domain/exchange.ts'
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

function hurriedAccount({ mainOnly, ...account }: AccountSource): AccountSource {
  return { ...hurriedSource(account), ...(mainOnly && { mainOnly: hurriedRequest(mainOnly) }) }
}

function hurriedPowers(powers: Powers): Powers {
  switch (powers.by) {
    case 'probes':
      return { ...powers, probes: powers.probes.map(hurriedSource) }
    case 'list':
      return hurriedSource(powers)
    case 'nothing':
      return powers
  }
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
 * An exchange with limits so generous that tests need not wait for them: ccxt waits by a clock that no test can turn. All that is
 * ever asked belongs to it, since the first call of a limit decides for those that follow. What calls of several limits draw on
 * together stays as it is.
 */
export function withoutLimits(exchange: WindowExchange): WindowExchange
export function withoutLimits(exchange: ExchangeDefinition): ExchangeDefinition
export function withoutLimits(exchange: ExchangeDefinition): ExchangeDefinition {
  const { probe, account, powers, serverTime, marketSources, coinSource, holdings, toldLimits, streams } =
    exchange
  return {
    ...exchange,
    probe: 'request' in probe ? hurriedSource(probe) : probe,
    ...(account && { account: hurriedAccount(account) }),
    powers: hurriedPowers(powers),
    serverTime: hurriedSource(serverTime),
    marketSources: marketSources.map(hurriedSource),
    ...(coinSource && { coinSource: hurriedSource(coinSource) }),
    ...(holdings && { holdings: hurriedSource(holdings) }),
    ...(toldLimits && { toldLimits: hurriedSource(toldLimits) }),
    streams: streams.map(hurriedStream),
  }
}
