import {
  choice,
  type Flag,
  number,
  readWishes,
  type SharedDraft,
  type SharedWishes,
  sharedFlags,
  toggle,
  usualDraft,
} from '../simulated-exchange/command-line.ts'
import { keysLike } from '../simulated-exchange/key-marks.ts'
import { type FaultKind, faultKinds } from './faults.ts'
import {
  demoKey,
  manners,
  type Readings,
  type SimulatedKey,
  type SimulatorOptions,
  usualReadings,
} from './options.ts'

type Wishes = SharedWishes<Partial<SimulatorOptions>>

type Draft = SharedDraft<SimulatedKey, FaultKind> & {
  options: Partial<SimulatorOptions>
  readings: Readings
}

const day = 86_400_000
const defaultPort = 8790
const defaultKinds = [
  'http-502-html',
  'reset',
  'http-200-html',
  'limit-429',
  'truncated-json',
  'maintenance-503',
  'haste-412',
] as const
const shared = sharedFlags<FaultKind, Draft>({ port: defaultPort, fills: 2500, faultKinds, most: 1_000 })

const flags: readonly Flag<Draft>[] = [
  ...shared.before,
  choice('times', manners, 'what becomes of startTime and endTime (ignored)', ({ readings }, value) => {
    readings.times = value
  }),
  choice('upper-end', ['inclusive', 'exclusive'], 'of endTime, where it is obeyed', ({ readings }, value) => {
    readings.upperEnd = value
  }),
  choice(
    'from-id',
    ['id', 'tradeId', 'ignored', 'emptying'],
    'what fromId is compared with (ignored)',
    ({ readings }, value) => {
      readings.fromId = value
    },
  ),
  choice(
    'order',
    ['newest-first', 'oldest-first', 'any'],
    'of the rows in an answer (newest-first)',
    ({ readings }, value) => {
      readings.order = value
    },
  ),
  choice(
    'offset',
    ['skipped', 'first', 'pages'],
    'of transfers: how many to leave out, which is the first, counted from 1, or how many pages to leave out (skipped)',
    ({ readings }, value) => {
      readings.offset = value
    },
  ),
  choice(
    'default-status',
    ['first', 'all'],
    'of transfers that are asked for without one (all)',
    ({ readings }, value) => {
      readings.defaultStatus = value
    },
  ),
  number('weight', 'what an address may ask for in a minute (1200)', 1_000_000, ({ readings }, value) => {
    readings.weight = value
  }),
  number(
    'apart',
    'milliseconds between two questions for fills, or 412 (0)',
    600_000,
    ({ readings }, value) => {
      readings.apart = value
    },
  ),
  choice(
    'clock-as',
    ['key', 'timestamp'],
    'the error of a clock that is off (key)',
    ({ readings }, value) => {
      readings.clockAs = value
    },
  ),
  choice(
    'delisted',
    ['served', 'refused', 'emptied'],
    'what has left the catalogue (served)',
    ({ readings }, value) => {
      readings.delisted = value
    },
  ),
  number('days', 'how far back rows are served (3650)', 36_500, ({ readings }, value) => {
    readings.lookBack = value * day
  }),
  choice('contracts-as', ['bare', 'enveloped'], 'the lists of contracts (bare)', ({ readings }, value) => {
    readings.contractsAs = value
  }),
  choice(
    'families',
    ['apart', 'together'],
    'whose transfers between wallets each family shows (apart)',
    ({ readings }, value) => {
      readings.families = value
    },
  ),
  choice(
    'forced-types',
    ['all', 'liquidations', 'unheeded', 'refused'],
    'what a question for forced orders shows that names no type, or what becomes of types (all)',
    ({ readings }, value) => {
      readings.forcedTypes = value
    },
  ),
  choice(
    'forced-times',
    ['sampled', 'utc', 'utc+8'],
    'the clocks of forced orders: of UTC+8 and of UTC as in the documented example, or one (sampled)',
    ({ readings }, value) => {
      readings.forcedTimes = value
    },
  ),
  choice('empty', ['list', 'null'], 'how a list without rows is written (list)', ({ readings }, value) => {
    readings.empty = value
  }),
  ...shared.after,
  toggle('no-read', 'the key may not read', (draft) => {
    draft.key = { ...draft.key, reads: false }
  }),
  toggle('no-futures', 'futures were never activated', (draft) => {
    draft.key = { ...draft.key, futures: 'never' }
  }),
  toggle('ip-bound', 'the key trusts another address', (draft) => {
    draft.key = { ...draft.key, ipBound: true }
  }),
]

const about =
  'npm run simulate -- --exchange bitrue [options]: a Bitrue on this computer, with a made-up account, to develop against.'

/** A sentence in `wrong` says what to change. */
export function readCommandLine(
  args: readonly string[],
): { readonly wishes: Wishes } | { readonly help: string } | { readonly wrong: string } {
  const readings: Readings = { ...usualReadings }
  const draft: Draft = { ...usualDraft(demoKey, defaultKinds), readings }
  const read = readWishes(args, { flags, about, draft, port: defaultPort, keysOf: keysLike })
  if (!('wishes' in read)) return read
  const { wishes } = read
  return { wishes: { ...wishes, options: { ...wishes.options, readings } } }
}
