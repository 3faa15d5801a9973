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
import { beyonds, ends } from '../simulated-exchange/history.ts'
import { keysLike } from '../simulated-exchange/key-marks.ts'
import { type FaultKind, faultKinds } from './faults.ts'
import {
  demoKey,
  type EndpointReading,
  historyNames,
  permissions,
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
const defaultPort = 8789
const defaultKinds = [
  'http-502-html',
  'reset',
  'http-200-html',
  'limit-200',
  'truncated-json',
  'busy-200',
] as const
const shared = sharedFlags<FaultKind, Draft>({ port: defaultPort, fills: 2000, faultKinds, most: 1_000 })

const flags: readonly Flag<Draft>[] = [
  ...shared.before,
  choice('spot-page', ['500', '1000'], 'spot fills in one answer (500)', (draft, value) => {
    draft.readings.spotPage = value === '500' ? 500 : 1000
  }),
  choice('symbol', ['optional', 'required'], 'in questions for fills (optional)', (draft, value) => {
    draft.readings.symbol = value
  }),
  choice('lower-end', ends, 'of time filters, in all endpoints', (draft, value) => {
    everywhere(draft, { lowerEnd: value })
  }),
  choice('upper-end', ends, 'of time filters, in all endpoints', (draft, value) => {
    everywhere(draft, { upperEnd: value })
  }),
  choice(
    'compares',
    ['milliseconds', 'seconds'],
    'what time filters compare (milliseconds)',
    (draft, value) => {
      everywhere(draft, { grain: value === 'seconds' ? 1000 : 1 })
    },
  ),
  number('spot-days', 'how far back spot fills are served (100)', 36_500, (draft, value) => {
    draft.readings.endpoints.spotFills.lookBack = value * day
  }),
  choice('spot-beyond', beyonds, 'the answer to older windows of spot fills (newest)', (draft, value) => {
    draft.readings.endpoints.spotFills.beyond = value
  }),
  number('futures-days', 'how far back futures fills are served one by one (7)', 36_500, (draft, value) => {
    draft.readings.endpoints.futuresFills.lookBack = value * day
  }),
  number('ledger-days', 'how far back the ledger is served (90)', 36_500, (draft, value) => {
    draft.readings.endpoints.ledger.lookBack = value * day
  }),
  number('transfer-days', 'how far back transfers are served (365)', 36_500, (draft, value) => {
    draft.readings.endpoints.deposits.lookBack = value * day
    draft.readings.endpoints.withdrawals.lookBack = value * day
  }),
  choice(
    'order-fills',
    ['fills', 'orders'],
    'what a row of older futures fills is (fills)',
    (draft, value) => {
      draft.readings.orderFillsOf = value
    },
  ),
  choice('credited', ['6', '1', '0'], 'the status of a deposit that was credited (6)', (draft, value) => {
    draft.readings.creditedDeposit = value === '6' ? 6 : value === '1' ? 1 : 0
  }),
  choice('permissions-as', ['numbers', 'switches'], 'how permissions are told (numbers)', (draft, value) => {
    draft.readings.permissionsAs = value
  }),
  choice(
    'empty',
    ['list', 'null'],
    'how a list without rows is written, where it has an envelope (list)',
    (draft, value) => {
      draft.readings.empty = value
    },
  ),
  toggle('traders-only', 'refuse the ledger and older futures fills to keys that only read', (draft) => {
    draft.readings.traders = 'ledger-and-orders'
  }),
  ...shared.after,
  list('permissions', permissions, 'what the key may do (read)', (draft, values) => {
    draft.key = { ...draft.key, permissions: values }
  }),
  toggle('subaccount', 'the key belongs to a sub-account', (draft) => {
    draft.key = { ...draft.key, subaccount: true }
  }),
]

const about =
  'npm run simulate -- --exchange bingx [options]: a BingX on this computer, with a made-up account, to develop against.'

/** A sentence in `wrong` says what to change. */
export function readCommandLine(
  args: readonly string[],
): { readonly wishes: Wishes } | { readonly help: string } | { readonly wrong: string } {
  const readings: Readings = structuredClone(usualReadings)
  const draft: Draft = { ...usualDraft(demoKey, defaultKinds), readings }
  const read = readWishes(args, { flags, about, draft, port: defaultPort, keysOf: keysLike })
  if (!('wishes' in read)) return read
  const { wishes } = read
  return { wishes: { ...wishes, options: { ...wishes.options, readings } } }
}

function everywhere({ readings }: Draft, part: Partial<EndpointReading>): void {
  for (const name of historyNames) Object.assign(readings.endpoints[name], part)
}
