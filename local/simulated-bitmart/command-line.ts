import {
  choice,
  type Flag,
  list,
  number,
  readWishes,
  type SharedDraft,
  type SharedWishes,
  sharedFlags,
  toggle,
  usualDraft,
} from '../simulated-exchange/command-line.ts'
import { ends } from '../simulated-exchange/history.ts'
import { type FaultKind, faultKinds } from './faults.ts'
import { demoKey, keysOf, type SimulatedKey, type SimulatorOptions } from './options.ts'

/** And what of the account is awkward. */
type Wishes = SharedWishes<Partial<SimulatorOptions>> & {
  /** Until now, or until BitMart's trading ended. */
  readonly trading: 'goes-on' | 'ended'
}

type Draft = SharedDraft<SimulatedKey, FaultKind> & {
  options: Partial<SimulatorOptions>
  trading: Wishes['trading']
}

const day = 86_400_000
export const defaultPort = 8788
const defaultKinds = ['http-502-html', 'reset', 'http-200-html', 'http-429', 'truncated-json'] as const
const permissions = ['read', 'spot-trade', 'futures-trade', 'withdraw'] as const
const shared = sharedFlags<FaultKind, Draft>({ port: defaultPort, fills: 1450, faultKinds, most: 1_000 })

const flags: readonly Flag<Draft>[] = [
  ...shared.before,
  choice(
    'trading',
    ['goes-on', 'ended'],
    'whether the account still trades, which BitMart’s do no more since 2026-08-26 (ended)',
    (draft, value) => {
      draft.trading = value
    },
  ),
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
  choice('upper-end', ends, 'of time filters (inclusive)', (draft, value) => {
    draft.options.upperEnd = value
  }),
  choice('lower-end', ends, 'of time filters (inclusive)', (draft, value) => {
    draft.options.lowerEnd = value
  }),
  choice(
    'empty-span',
    ['served', 'refused'],
    'a question that ends where it begins (served)',
    (draft, value) => {
      draft.options.emptySpan = value
    },
  ),
  choice('transfer-cap', ['100', '1000'], 'transfers in one answer (1000)', (draft, value) => {
    draft.options.transferCap = value === '100' ? 100 : 1000
  }),
  choice('code-as', ['number', 'string'], 'how the code is written (number)', (draft, value) => {
    draft.options.codeAs = value
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
  ...shared.after,
  list('permissions', permissions, 'what the key may do (read)', (draft, values) => {
    draft.key = { ...draft.key, permissions: values }
  }),
  toggle('subaccount', 'the key belongs to a sub-account', (draft) => {
    draft.key = { ...draft.key, subaccount: true }
  }),
  toggle('no-futures', 'the account never opened futures', (draft) => {
    draft.key = { ...draft.key, futuresOpened: false }
  }),
]

const about =
  'npm run simulate -- [options]: a BitMart on this computer, with a made-up account, to develop against. --exchange bingx or bitrue: a BingX or a Bitrue; with --help, their options.'

/** A sentence in `wrong` says what to change. */
export function readCommandLine(
  args: readonly string[],
): { readonly wishes: Wishes } | { readonly help: string } | { readonly wrong: string } {
  const draft: Draft = { ...usualDraft(demoKey, defaultKinds), trading: 'ended' }
  const read = readWishes(args, { flags, about, draft, port: defaultPort, keysOf })
  if (!('wishes' in read)) return read
  return { wishes: { ...read.wishes, trading: draft.trading } }
}
