import { simulatedBingx } from './simulated-bingx/simulation.ts'
import { simulatedBitmart } from './simulated-bitmart/simulation.ts'
import { simulatedBitrue } from './simulated-bitrue/simulation.ts'
import type { SimulatedRequest } from './simulated-exchange/options.ts'
import type { Plan, Simulation } from './simulated-exchange/simulation.ts'
import { onStopRequest } from './stop-requests.ts'
import { systemCodeOf } from './system-code.ts'

const simulations: Readonly<Record<string, Simulation>> = {
  bitmart: simulatedBitmart,
  bingx: simulatedBingx,
  bitrue: simulatedBitrue,
}

const { exchange, others } = wordsOf(process.argv.slice(2))
const simulation = Object.hasOwn(simulations, exchange) ? simulations[exchange] : undefined
if (simulation === undefined) giveUp(`--exchange takes ${Object.keys(simulations).join('|')}.`)
else {
  const read = simulation.read(others)
  if ('help' in read) print(read.help)
  else if ('wrong' in read) giveUp(read.wrong)
  else await simulate(simulation, read)
}

/** `--exchange` says whose words all others are; BitMart's where it is left out. */
function wordsOf(args: readonly string[]): { readonly exchange: string; readonly others: readonly string[] } {
  const at = args.findIndex((word) => word === '--exchange' || word.startsWith('--exchange='))
  const word = args[at]
  if (word === undefined) return { exchange: 'bitmart', others: args }
  const inOne = word.includes('=')
  return {
    exchange: (inOne ? word.slice(word.indexOf('=') + 1) : args[at + 1]) ?? '',
    others: args.toSpliced(at, inOne ? 1 : 2),
  }
}

async function simulate({ name }: Simulation, plan: Plan): Promise<void> {
  try {
    const running = await plan.start((call) => print(line(call)))
    print(introduction(name, plan.given, running))
    let stopping = false
    onStopRequest(() => {
      if (stopping) process.exit(130)
      stopping = true
      running.close().then(() => print('\nStopped.'))
    })
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === undefined) throw error
    giveUp(`Cannot listen on port ${plan.port} (${code}): --port 0 takes any free one.`)
  }
}

function introduction(
  name: string,
  given: readonly string[],
  { url, holds, addresses, keys: [key = {}, ...others] }: Awaited<ReturnType<Plan['start']>>,
): string {
  return `A simulated ${name} answers at ${url}
Its account has ${holds.join(', ')}.
${given.length === 0 ? 'It behaves as documented; --help lists the ways to make it awkward.' : given.join('\n')}

To use it from another terminal:

${exported({ ...addresses, ...key })}

${others.map((other) => `Another key of the same account, to try --replace-key with:\n\n${exported(other)}\n\n`).join('')}Ctrl-C stops it. Every call is one line:`
}

function exported(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([variable, value]) => `export ${variable}=${value.startsWith('http') ? value : `'${value}'`}`)
    .join('\n')
}

function line({ at, method, path, params, code, rows, fault }: SimulatedRequest): string {
  const asked = Object.entries(params).map(([name, value]) => `${name}=${value}`)
  const outcome = [
    code,
    rows === undefined ? '' : `${rows} rows`,
    fault === undefined ? '' : `fault ${fault}`,
  ]
  const time = new Date(at).toISOString().slice(11, 23)
  return [time, method, path, ...asked, '→', ...outcome].filter((word) => word !== '').join(' ')
}

function giveUp(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 2
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
