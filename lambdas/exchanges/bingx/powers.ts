import { z } from 'zod'
import type { AccountSource, Power, Powers } from '../../domain/exchange.ts'
import { id } from '../row.ts'
import { accountId, permissions, subaccounts } from './rates.ts'

const numbered: ReadonlyMap<string, Power | 'read'> = new Map([
  ['1', 'spot-trade'],
  ['2', 'read'],
  ['3', 'futures-trade'],
  ['4', 'transfer'],
  ['5', 'withdraw'],
  ['7', 'subaccount-transfer'],
])

const named: ReadonlyMap<string, Power | 'read'> = new Map([
  ['enableReading', 'read'],
  ['enableSpotAndMarginTrading', 'spot-trade'],
  ['enableFutures', 'futures-trade'],
  ['permitsUniversalTransfer', 'transfer'],
  ['enableWithdrawals', 'withdraw'],
])

/** The older form: a list of numbers. */
const numbers = z
  .object({ permissions: z.array(id) })
  .transform(({ permissions }, context) => powersOf(permissions, numbered, context))

/** The newer form: a switch for each. One that is not there would leave open what the key can do. */
const switches = z
  .looseObject(Object.fromEntries([...named.keys()].map((name) => [name, z.boolean()])))
  .transform((fields, context) =>
    powersOf(
      Object.entries(fields).flatMap(([name, value]) => (value === true && isSwitch(name) ? [name] : [])),
      named,
      context,
    ),
  )

function isSwitch(name: string): boolean {
  return /^(enable|permits)[A-Z]/.test(name)
}

/** What nobody knows is no power that could be named; where it is all there is, nothing can be concluded. */
function powersOf(
  allowed: readonly string[],
  meanings: ReadonlyMap<string, Power | 'read'>,
  context: z.RefinementCtx,
): readonly Power[] {
  const powers = allowed.flatMap((one) => meanings.get(one) ?? []).filter((one) => one !== 'read')
  if (powers.length === 0 && allowed.some((one) => !meanings.has(one)))
    context.addIssue({ code: 'custom', message: 'permissions that are known' })
  return [...new Set(powers)]
}

export const powers: Powers = {
  by: 'list',
  request: {
    access: 'private',
    section: ['account', 'v1'],
    family: 'bare',
    method: 'GET',
    path: 'account/apiPermissions',
    params: {},
    ...permissions,
  },
  tells: ['spot-trade', 'futures-trade', 'transfer', 'withdraw', 'subaccount-transfer'],
  list: z.union([numbers, switches]),
}

export const accountSource: AccountSource = {
  request: {
    access: 'private',
    section: ['account', 'v1'],
    method: 'GET',
    path: 'uid',
    params: {},
    ...accountId,
  },
  id: z.object({ uid: id }).transform(({ uid }) => uid),
  // Answered to main accounts alone (100403).
  mainOnly: {
    access: 'private',
    section: ['subAccount', 'v1'],
    method: 'GET',
    path: 'list',
    params: { page: 1, limit: 1 },
    ...subaccounts,
  },
  unverified: [
    {
      says: 'Whether a key of a sub-account is told a uid, and is refused the list of sub-accounts, by which it is known as one. Whether that uid is its own takes a second key to tell: where it were that of the main account, both keys would be taken for keys of one account.',
      probe: 'account',
    },
  ],
}
