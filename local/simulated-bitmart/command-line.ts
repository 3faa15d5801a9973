import { parseArgs } from 'node:util'
import { type FaultKind, faultKinds } from './faults.ts'
import { demoKey, type Permission, type SimulatedKey, type SimulatorOptions } from './options.ts'
import { pageOrders } from './page.ts'

/** What the command line asks for: options of the simulator, the size of its account, and what of it is awkward. */
export type Wishes = {
  readonly options: Partial<SimulatorOptions>
  readonly fills: number | undefined
  readonly seed: number | undefined
  /** Until now, or until BitMart's trading ended. */
  readonly trading: 'goes-on' | 'ended'
  /** One line for each flag that was given. */
  readonly given: readonly string[]
}

type Draft = {
  options: Partial<SimulatorOptions>
  key: SimulatedKey
  every: number
  kinds: readonly FaultKind[]
  fills: number | undefined
  seed: number | undefined
  trading: Wishes['trading']
}

type Flag = {
  readonly name: string
  /** What stands for the value in the help; a flag without value has none. */
  readonly value?: string
  readonly help: string
  /** False: not a value of this flag. */
  readonly apply: (draft: Draft, value: string) => boolean
}

const day = 86_400_000
export const defaultPort = 8788
const defaultKinds = ['http-502-html', 'reset', 'http-200-html', 'http-429', 'truncated-json'] as const
const permissions = ['read', 'spot-trade', 'futures-trade', 'withdraw'] as const

const flags: readonly Flag[] = [
  number('port', `where to listen on 127.0.0.1 (${defaultPort}; 0: any)`, 65_535, (draft, value) => {
    draft.options.port = value
  }),
  number('fills', 'how many spot fills the account has (1450)', 1_000_000, (draft, value) => {
    draft.fills = value
  }),
  number('seed', 'another account with the same sizes', 2 ** 31, (draft, value) => {
    draft.seed = value
  }),
  choice(
    'trading',
    ['goes-on', 'ended'],
    'whether the account still trades, which BitMart’s do no more since 2026-08-26 (goes-on)',
    (draft, value) => {
      draft.trading = value
    },
  ),
  choice('page', pageOrders, 'which rows a full page serves (newest)', (draft, value) => {
    draft.options.page = value
  }),
  number('faults', 'every Nth call fails', 1_000_000, (draft, value) => {
    draft.every = value
  }),
  list('fault-kinds', faultKinds, 'how they fail, by turns', (draft, values) => {
    draft.kinds = values
  }),
  choice('public', ['up', 'down', 'empty'], 'the public endpoints (up)', (draft, value) => {
    draft.options.publicEndpoints = value
  }),
  number('look-back-days', 'how far back fills and ledger rows are served (90)', 36_500, (draft, value) => {
    draft.options.lookBack = { fills: value * day, ledger: value * day, transfers: Number.POSITIVE_INFINITY }
  }),
  choice(
    'beyond',
    ['clipped', 'empty', 'refused'],
    'the answer to older windows (clipped)',
    (draft, value) => {
      draft.options.beyondLookBack = value
    },
  ),
  choice(
    'upper-end',
    ['inclusive', 'exclusive', 'milliseconds'],
    'of time filters (inclusive)',
    (draft, value) => {
      draft.options.upperEnd = value
    },
  ),
  choice(
    'lower-end',
    ['inclusive', 'exclusive', 'milliseconds'],
    'of time filters (inclusive)',
    (draft, value) => {
      draft.options.lowerEnd = value
    },
  ),
  choice(
    'empty-span',
    ['served', 'refused'],
    'a question that ends where it begins (served)',
    (draft, value) => {
      draft.options.emptySpan = value
    },
  ),
  number('page-cap', 'rows in one answer, where fewer than documented', 1_000, (draft, value) => {
    draft.options.pageCap = value
  }),
  choice('transfer-cap', ['100', '1000'], 'transfers in one answer (1000)', (draft, value) => {
    draft.options.transferCap = value === '100' ? 100 : 1000
  }),
  choice('code-as', ['number', 'string'], 'how the code is written (number)', (draft, value) => {
    draft.options.codeAs = value
  }),
  number('latency', 'milliseconds before each answer (0)', 600_000, (draft, value) => {
    draft.options.latency = value
  }),
  number('clock-ahead', 'milliseconds that the server clock is ahead (0)', 10 * day, (draft, value) => {
    draft.options.serverClockOffset = value
  }),
  number(
    'archive-opens-in',
    'milliseconds until everything is served, however old',
    10 * day,
    (draft, value) => {
      draft.options.archiveOpensAt = Date.now() + value
    },
  ),
  number(
    'strange-for',
    'milliseconds for which old time is answered with an unknown code',
    10 * day,
    (draft, value) => {
      draft.options.strangeUntil = Date.now() + value
    },
  ),
  toggle('refuses-future', 'refuse questions that end in the future', (draft) => {
    draft.options.refusesFuture = true
  }),
  toggle('closed', 'answer every call with a page, as after the end', (draft) => {
    draft.options.closed = true
  }),
  list('permissions', permissions, 'what the key may do (read)', (draft, values) => {
    draft.key = { ...draft.key, permissions: values }
  }),
  toggle('subaccount', 'the key belongs to a sub-account', (draft) => {
    draft.key = { ...draft.key, subaccount: true }
  }),
  toggle('no-futures', 'the account never opened futures', (draft) => {
    draft.key = { ...draft.key, futuresOpened: false }
  }),
  toggle('no-limits', 'serve any number of calls', (draft) => {
    draft.options.enforceLimits = false
  }),
]

/** A sentence in `wrong` says what to change. */
export function readCommandLine(
  args: readonly string[],
): { readonly wishes: Wishes } | { readonly help: string } | { readonly wrong: string } {
  const parsed = parse(args)
  if (parsed === undefined || parsed.positionals.length > 0)
    return { wrong: `Cannot read "${args.join(' ')}": npm run simulate -- --help lists the options.` }
  if (parsed.tokens.some((token) => token.kind === 'option' && token.name === 'help')) return { help: help() }

  const draft: Draft = {
    options: {},
    key: demoKey,
    every: 0,
    kinds: defaultKinds,
    fills: undefined,
    seed: undefined,
    trading: 'goes-on',
  }
  const given: string[] = []
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue
    const flag = flags.find((candidate) => candidate.name === token.name)
    if (flag === undefined)
      return { wrong: `There is no option ${token.rawName}: npm run simulate -- --help lists them.` }
    if ((flag.value === undefined) !== (token.value === undefined) || !flag.apply(draft, token.value ?? ''))
      return { wrong: `${token.rawName} takes ${flag.value ?? 'no value'}.` }
    given.push(`${token.rawName}${token.value === undefined ? '' : ` ${token.value}`}: ${flag.help}`)
  }
  const { fills, seed, trading, every, kinds, key } = draft
  const faults = every > 0 ? { every, kinds } : undefined
  return {
    wishes: {
      options: { port: defaultPort, ...draft.options, keys: [key], faults },
      fills,
      seed,
      trading,
      given,
    },
  }
}

function help(): string {
  const lines = flags.map(({ name, value, help }) => ({ left: `--${name} ${value ?? ''}`, help }))
  const wide = lines.filter(({ left }) => left.length > 40)
  return [
    'npm run simulate -- [options]: a BitMart on this computer, with a made-up account, to develop against.',
    '',
    ...lines.map((line) =>
      wide.includes(line) ? `  ${line.left}\n      ${line.help}` : `  ${line.left.padEnd(42)}${line.help}`,
    ),
  ].join('\n')
}

function parse(args: readonly string[]) {
  try {
    const options = Object.fromEntries(
      [...flags, { name: 'help', value: undefined }].map(({ name, value }) => [
        name,
        { type: value === undefined ? ('boolean' as const) : ('string' as const) },
      ]),
    )
    return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
  } catch {
    return undefined
  }
}

function number(name: string, help: string, most: number, set: (draft: Draft, value: number) => void): Flag {
  return {
    name,
    value: 'N',
    help,
    apply: (draft, value) => {
      if (!/^\d{1,10}$/.test(value) || Number(value) > most) return false
      set(draft, Number(value))
      return true
    },
  }
}

function choice<const Value extends string>(
  name: string,
  values: readonly Value[],
  help: string,
  set: (draft: Draft, value: Value) => void,
): Flag {
  return {
    name,
    value: values.join('|'),
    help,
    apply: (draft, value) => {
      const chosen = values.find((candidate) => candidate === value)
      if (chosen !== undefined) set(draft, chosen)
      return chosen !== undefined
    },
  }
}

function list<const Value extends FaultKind | Permission>(
  name: string,
  values: readonly Value[],
  help: string,
  set: (draft: Draft, values: readonly Value[]) => void,
): Flag {
  return {
    name,
    value: `some of ${values.join(',')}`,
    help,
    apply: (draft, value) => {
      const names = value.split(',')
      const chosen = names.flatMap((wanted) => values.find((candidate) => candidate === wanted) ?? [])
      if (chosen.length === names.length) set(draft, chosen)
      return chosen.length === names.length
    },
  }
}

function toggle(name: string, help: string, set: (draft: Draft) => void): Flag {
  return {
    name,
    help,
    apply: (draft) => {
      set(draft)
      return true
    },
  }
}
