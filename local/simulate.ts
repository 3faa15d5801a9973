import { demoSizes, generateAccount, tradingEnd } from './simulated-bitmart/account.ts'
import { readCommandLine, type Wishes } from './simulated-bitmart/command-line.ts'
import { demoKey, type SimulatedRequest } from './simulated-bitmart/options.ts'
import { type SimulatedBitmart, startSimulatedBitmart } from './simulated-bitmart/server.ts'
import { onStopRequest } from './stop-requests.ts'

const read = readCommandLine(process.argv.slice(2))
if ('help' in read) print(read.help)
else if ('wrong' in read) giveUp(read.wrong)
else await simulate(read.wishes)

async function simulate({ options, fills, seed, trading, given }: Wishes): Promise<void> {
  const account = generateAccount({
    ...demoSizes,
    now: Date.now(),
    ...(trading === 'ended' && { tradingEnds: tradingEnd }),
    ...(fills === undefined ? {} : { spotFills: fills }),
    ...(seed === undefined ? {} : { seed }),
  })
  try {
    const bitmart = await startSimulatedBitmart({
      ...options,
      account,
      onRequest: (call) => print(line(call)),
    })
    print(introduction(bitmart, given))
    let stopping = false
    onStopRequest(() => {
      if (stopping) process.exit(130)
      stopping = true
      bitmart.close().then(() => print('\nStopped.'))
    })
  } catch {
    giveUp(`Cannot listen on port ${options.port}; --port 0 takes any free one.`)
  }
}

function introduction({ spotUrl, futuresUrl, account }: SimulatedBitmart, given: readonly string[]): string {
  const counts = [
    `${account.spotFills.length} spot fills`,
    `${account.futuresFills.length} futures fills`,
    `${account.ledger.length} ledger rows`,
    `${account.transfers.length} withdrawals and deposits`,
  ]
  return `A simulated BitMart answers at ${spotUrl}
Its account has ${counts.join(', ')}.
${given.length === 0 ? 'It behaves as documented; --help lists the ways to make it awkward.' : given.join('\n')}

To use it from another terminal:

export BITMART_SPOT_URL=${spotUrl}
export BITMART_FUTURES_URL=${futuresUrl}
export BITMART_API_KEY='${demoKey.apiKey}'
export BITMART_API_SECRET='${demoKey.secret}'
export BITMART_API_MEMO='${demoKey.memo}'

Ctrl-C stops it. Every call is one line:`
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
