import { parseArgs } from 'node:util'
import type { FaultPlan } from './faults.ts'
import type { SharedOptions } from './options.ts'
import { pageOrders } from './page.ts'

/** One flag of a simulator, and what it makes of the draft of what is wished for. */
export type Flag<Draft> = {
  readonly name: string
  /** What stands for the value in the help; a flag without value has none. */
  readonly value?: string
  /** What a value must be, where `value` does not say. */
  readonly takes?: string
  readonly help: string
  /** False: not a value of this flag. */
  readonly apply: (draft: Draft, value: string) => boolean
}

/** What every simulator is told in the same words. */
export type SharedDraft<Key, Fault> = {
  options: Partial<Pick<SharedOptions<unknown, unknown, unknown, unknown>, SharedFlagOption>>
  key: Key
  every: number
  kinds: readonly Fault[]
  fills: number | undefined
  seed: number | undefined
}

type SharedFlagOption =
  | 'port'
  | 'page'
  | 'pageCap'
  | 'publicEndpoints'
  | 'latency'
  | 'serverClockOffset'
  | 'closed'
  | 'enforceLimits'

/** What a command line asks for: options of the simulator, and the size of its account. */
export type SharedWishes<Options> = {
  readonly options: Options
  readonly fills: number | undefined
  readonly seed: number | undefined
  /** One line for each flag that was given. */
  readonly given: readonly string[]
}

/** What is wished for before any flag. */
export function usualDraft<Key, Fault>(key: Key, kinds: readonly Fault[]) {
  return { options: {}, key, every: 0, kinds, fills: undefined, seed: undefined }
}

const day = 86_400_000

/**
 * The flags of every simulator: `before` come those that say what is served, `after` those that say how. `most` is the
 * documented page, which a page cap lies under.
 */
export function sharedFlags<Fault extends string, Draft extends SharedDraft<unknown, Fault>>(usual: {
  readonly port: number
  readonly fills: number
  readonly faultKinds: readonly Fault[]
  readonly most: number
}): { readonly before: readonly Flag<Draft>[]; readonly after: readonly Flag<Draft>[] } {
  return {
    before: [
      number('port', `where to listen on 127.0.0.1 (${usual.port}; 0: any)`, 65_535, (draft, value) => {
        draft.options.port = value
      }),
      number('fills', `how many spot fills the account has (${usual.fills})`, 1_000_000, (draft, value) => {
        draft.fills = value
      }),
      number(
        'seed',
        'another account with the same sizes, and with keys of its own',
        2 ** 31,
        (draft, value) => {
          draft.seed = value
        },
      ),
      choice('page', pageOrders, 'which rows a full page serves (newest)', (draft, value) => {
        draft.options.page = value
      }),
      number('faults', 'every Nth call fails', 1_000_000, (draft, value) => {
        draft.every = value
      }),
      list('fault-kinds', usual.faultKinds, 'how they fail, by turns', (draft, values) => {
        draft.kinds = values
      }),
      choice('public', ['up', 'down', 'empty'], 'the public endpoints (up)', (draft, value) => {
        draft.options.publicEndpoints = value
      }),
    ],
    after: [
      number('page-cap', 'rows in one answer, where fewer than documented', usual.most, (draft, value) => {
        draft.options.pageCap = value
      }),
      number('latency', 'milliseconds before each answer (0)', 600_000, (draft, value) => {
        draft.options.latency = value
      }),
      number('clock-ahead', 'milliseconds that the server clock is ahead (0)', 10 * day, (draft, value) => {
        draft.options.serverClockOffset = value
      }),
      toggle('closed', 'answer every call with a page, as after the end', (draft) => {
        draft.options.closed = true
      }),
      toggle('no-limits', 'serve any number of calls', (draft) => {
        draft.options.enforceLimits = false
      }),
    ],
  }
}

/** What the flags come to: keys of the seed, and faults if there are to be any. A sentence in `wrong` says what to change. */
export function readWishes<Key, Fault, Draft>(
  args: readonly string[],
  {
    flags,
    about,
    draft,
    port,
    keysOf,
  }: {
    readonly flags: readonly Flag<Draft>[]
    readonly about: string
    readonly draft: Draft & SharedDraft<Key, Fault>
    readonly port: number
    readonly keysOf: (key: Key, seed: number | undefined) => Key[]
  },
) {
  const read = readFlags(args, flags, draft, about)
  if (!('given' in read)) return read
  const { options, key, fills, seed } = draft
  const wishes = {
    options: { port, ...options, keys: keysOf(key, seed), faults: faultsOf(draft) },
    fills,
    seed,
    given: read.given,
  }
  return { wishes }
}

function faultsOf<Fault>({ every, kinds }: SharedDraft<unknown, Fault>): FaultPlan<Fault> | undefined {
  return every > 0 ? { every, kinds } : undefined
}

/** Applies each flag to the draft, and tells in a line what it does. A sentence in `wrong` says what to change. */
function readFlags<Draft>(
  args: readonly string[],
  flags: readonly Flag<Draft>[],
  draft: Draft,
  about: string,
): { readonly given: readonly string[] } | { readonly help: string } | { readonly wrong: string } {
  const parsed = parse(args, flags)
  if (parsed === undefined || parsed.positionals.length > 0)
    return { wrong: `Cannot read "${args.join(' ')}": npm run simulate -- --help lists the options.` }
  if (parsed.tokens.some((token) => token.kind === 'option' && token.name === 'help'))
    return { help: help(flags, about) }
  const given: string[] = []
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue
    const flag = flags.find((candidate) => candidate.name === token.name)
    if (flag === undefined)
      return { wrong: `There is no option ${token.rawName}: npm run simulate -- --help lists them.` }
    if ((flag.value === undefined) !== (token.value === undefined) || !flag.apply(draft, token.value ?? ''))
      return { wrong: `${token.rawName} takes ${flag.takes ?? flag.value ?? 'no value'}.` }
    given.push(`${token.rawName}${token.value === undefined ? '' : ` ${token.value}`}: ${said(flag.help)}`)
  }
  return { given }
}

function help<Draft>(flags: readonly Flag<Draft>[], about: string): string {
  const lines = [...flags, { name: 'help', value: undefined, help: 'shows this text' }].map(
    ({ name, value, help }) => ({ left: `--${name} ${value ?? ''}`, help }),
  )
  const wide = lines.filter(({ left }) => left.length > 40)
  return [
    about,
    '',
    ...lines.map((line) =>
      wide.includes(line) ? `  ${line.left}\n      ${line.help}` : `  ${line.left.padEnd(42)}${line.help}`,
    ),
  ].join('\n')
}

/** What a flag does, without what holds where it is not given. */
function said(help: string): string {
  return help.replace(/ \([^()]*\)$/, '')
}

function parse<Draft>(args: readonly string[], flags: readonly Flag<Draft>[]) {
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

export function number<Draft>(
  name: string,
  help: string,
  most: number,
  set: (draft: Draft, value: number) => void,
): Flag<Draft> {
  return {
    name,
    value: 'N',
    takes: `a whole number from 0 to ${most}`,
    help,
    apply: (draft, value) => {
      if (!/^\d{1,10}$/.test(value) || Number(value) > most) return false
      set(draft, Number(value))
      return true
    },
  }
}

export function choice<Draft, const Value extends string>(
  name: string,
  values: readonly Value[],
  help: string,
  set: (draft: Draft, value: Value) => void,
): Flag<Draft> {
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

export function list<Draft, const Value extends string>(
  name: string,
  values: readonly Value[],
  help: string,
  set: (draft: Draft, values: readonly Value[]) => void,
): Flag<Draft> {
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

export function toggle<Draft>(name: string, help: string, set: (draft: Draft) => void): Flag<Draft> {
  return {
    name,
    help,
    apply: (draft) => {
      set(draft)
      return true
    },
  }
}
