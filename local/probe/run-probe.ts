import { hash } from '../../lambdas/adapters/identity.ts'
import { stoppable } from '../../lambdas/domain/client.ts'
import type { ExchangeDefinition } from '../../lambdas/domain/exchange.ts'
import { isoTime } from '../../lambdas/domain/outward.ts'
import { product } from '../../lambdas/domain/product.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { columns, type Flag, flagLines, readFlags } from '../flags.ts'
import { askCredentials } from '../import/ask-credentials.ts'
import { readHosts, readProxies } from '../import/environment.ts'
import { InvalidInputError } from '../import/invalid-input.ts'
import type { Surroundings } from '../import/run-import.ts'
import { say } from '../layout.ts'
import { bugReport, isInterruption, sentenceFor } from '../terminal.ts'
import { type Finding, probeExchange } from './probe-exchange.ts'

const flags: readonly Flag[] = [
  { name: 'exchange', value: 'NAME', about: 'the exchange to try things at' },
  { name: 'help', about: 'show this text' },
]

const exitCodes = { done: 0, bug: 1, refused: 2, interrupted: 130 } as const

/** So long a probe may take. Milliseconds. */
const longest = 10 * 60_000

/** Settles what nobody could verify about an exchange, from the command line to the exit code. Never throws. */
export async function runProbe(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { env, stdout, stderr, signal } = surroundings
  try {
    const given = readFlags(flags, argv)
    if (given.has('help')) {
      stdout.write(`${help}\n`)
      return exitCodes.done
    }
    stdout.write(await report(exchangeOf(given.get('exchange')), surroundings))
    return exitCodes.done
  } catch (error) {
    if (isInterruption(error, signal)) return exitCodes.interrupted
    const sentence = sentenceFor(error)
    if (sentence === undefined) stderr.write(`${bugReport(error, 'importer')}\n`)
    else say(stderr, env, sentence)
    return sentence === undefined ? exitCodes.bug : exitCodes.refused
  }
}

const help = [
  'Tries at an exchange what its documentation does not say, with a key that can only read, and prints what was found.',
  'It takes at most ten minutes, and changes nothing. The report holds no secret, id, amount or address: it may be',
  'attached to a public issue.',
  '',
  'npm run -s probe -- --exchange NAME > report.md',
  '',
  ...columns(flagLines(flags)),
].join('\n')

function exchangeOf(name: string | undefined): ExchangeDefinition {
  const exchange = exchanges.get(name ?? '')
  if (exchange !== undefined) return exchange
  throw new InvalidInputError(
    `Say which exchange: --exchange ${[...exchanges.keys()].join(' or --exchange ')}.`,
  )
}

async function report(exchange: ExchangeDefinition, surroundings: Surroundings): Promise<string> {
  const { env, stdin, stderr, clock, sleep, random, signal } = surroundings
  const submission = await askCredentials({ env, stdin, screens: [stderr], signal, hash }, exchange)
  const begun = clock()
  const client = openExchangeClient(exchange, submission.credentials, {
    hosts: readHosts(env, exchange),
    proxyOf: readProxies(env),
    clock,
    sleep,
    random,
    deadline: begun + longest,
  })
  try {
    const findings = await probeExchange(stoppable(client, signal), exchange, {
      onStream: (title) => say(stderr, env, `Trying ${title} …`),
      isOver: () => clock() - begun > longest,
    })
    return reportOf(exchange, findings, begun)
  } finally {
    await client.close()
  }
}

/** Markdown. Days, not moments: when an account did something is nobody's business. */
function reportOf(exchange: ExchangeDefinition, findings: readonly Finding[], begun: number): string {
  const titles = [...new Set(findings.map(({ title }) => title))]
  const sections = titles.map((title) =>
    [
      `## ${title}`,
      ...findings
        .filter((finding) => finding.title === title)
        .map(
          ({ says, probe, found }) =>
            `- *${probe}*: ${says}\n  **Found:** ${found ?? 'nothing, this account has not enough rows to tell'}.`,
        ),
    ].join('\n'),
  )
  const heading = `# What ${exchange.name} does, ${isoTime(begun).slice(0, 10)}`
  return `${[heading, `Found by ${product} with one key that can read.`, ...sections].join('\n\n')}\n`
}
