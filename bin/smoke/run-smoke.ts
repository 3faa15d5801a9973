import { parseArgs } from 'node:util'
import { openAsk } from './asking.ts'
import { type TypedKey, type WalkPorts, walkThrough } from './walk-through.ts'

const usage = `Say where the API is, and give it a key of an account with history, real or simulated:

  SMOKE_API_KEY=… SMOKE_API_SECRET=… npm run -s smoke -- --api URL [--exchange bitmart] [--minutes 15]

SMOKE_API_PASSPHRASE where the exchange has one; SMOKE_TOKEN, the IdToken of a user, where somebody must sign in.
What it connects, it disconnects again, and deletes the history of.
`

export type SmokeSurroundings = Pick<WalkPorts, 'clock' | 'sleep' | 'say' | 'signal'> & {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly complain: (text: string) => void
}

type Task = {
  readonly api: string
  readonly token: string | undefined
  readonly minutes: number
  readonly key: TypedKey
}

/**
 * Tries a stage as a user would. Resolves with the exit code: 0 when every step did what it should, 3 when it did and the history is
 * incomplete, 1 when one did not, 2 when it was not told what it needs.
 */
export async function runSmoke(
  words: readonly string[],
  { env, complain, ...ports }: SmokeSurroundings,
): Promise<0 | 1 | 2 | 3> {
  const task = readTask(words, env)
  if (task === undefined) {
    complain(usage)
    return 2
  }
  const { api, token, minutes, key } = task
  try {
    const state = await walkThrough(
      {
        ...ports,
        ask: openAsk(api, token),
        askAsNobody: token === undefined ? undefined : openAsk(api, undefined),
        download: (address, signal) => download(new URL(address, api), signal),
        patience: minutes * 60_000,
      },
      key,
    )
    if (state !== 'incomplete') return 0
    complain('Every step works, and something is missing from the history: look at its coverage.\n')
    return 3
  } catch (error) {
    complain(`${error instanceof Error ? error.message : 'unknown error'}\n`)
    return 1
  }
}

function readTask(words: readonly string[], env: SmokeSurroundings['env']): Task | undefined {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        api: { type: 'string', default: '' },
        exchange: { type: 'string', default: 'bitmart' },
        minutes: { type: 'string', default: '15' },
      },
    })
    const { SMOKE_TOKEN: token, SMOKE_API_KEY: apiKey, SMOKE_API_SECRET: secret, SMOKE_API_PASSPHRASE } = env
    if (!URL.canParse(values.api) || !/^[1-9]\d{0,3}$/.test(values.minutes) || !apiKey || !secret) return
    const passphrase = SMOKE_API_PASSPHRASE ? { passphrase: SMOKE_API_PASSPHRASE } : {}
    return {
      api: values.api.replace(/\/+$/, ''),
      token: token || undefined,
      minutes: Number(values.minutes),
      key: { exchange: values.exchange, apiKey, secret, ...passphrase },
    }
  } catch {
    return
  }
}

async function download(address: URL, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(address, { signal })
  if (!response.ok) throw new Error(`The file of the export was answered with ${response.status}.`)
  return new Uint8Array(await response.arrayBuffer())
}
