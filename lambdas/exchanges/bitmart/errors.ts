import type { ExchangeDefinition } from '../../domain/exchange.ts'
import { byCode } from '../by-code.ts'

export const families: ExchangeDefinition['families'] = {
  '': {
    success: ['1000'],
    errors: byCode({
      '30001': 'unauthorized',
      '30002': 'unauthorized',
      '30003': 'account-restricted',
      '30004': 'wrong-signature',
      '30005': 'wrong-signature',
      '30006': 'clock-skew',
      '30007': 'clock-skew',
      '30008': 'clock-skew',
      '30010': 'forbidden-ip',
      '30011': 'expired',
      '30012': 'no-permission',
      '30013': 'rate-limited',
      '30014': 'exchange-down',
      '30016': 'exchange-down',
      '30017': 'rate-limited',
      '40039': 'out-of-range',
      '40046': 'not-opened',
      '50041': 'out-of-range',
      '53000': 'account-restricted',
      '53001': 'account-restricted',
      '53002': 'account-restricted',
      '53003': 'account-restricted',
      '53005': 'account-restricted',
      '60026': 'not-served',
      '60066': 'out-of-range',
      '60067': 'out-of-range',
    }),
    patience: { headers: ['x-bm-ratelimit-reset'] },
  },
}

export const sentences: ExchangeDefinition['sentences'] = {
  unauthorized:
    'BitMart does not know this access key: it is mistyped or was deleted. Copy the access key again, or make a new key.',
  'wrong-signature':
    'The secret key or the memo is wrong; BitMart does not say which. Enter both again: the memo is the text you chose when you made the key.',
  'clock-skew': 'BitMart refuses the time that this computer signs with. Set its clock and try again.',
  'forbidden-ip':
    'This key is bound to other IP addresses. Bind the addresses of this importer to the key at BitMart, or make a key without IP binding.',
  expired:
    'This key has expired. Make a new key at BitMart, and replace the old one here: the history stays.',
  'no-permission': 'This key may not read the history. Tick "Read-Only" for it at BitMart.',
  'account-restricted':
    'BitMart has restricted this account (frozen key or account, or a missing identity check). Solve that with BitMart first.',
  'not-opened': 'Futures were never opened on this account, so there is nothing to import.',
  'not-served': 'Transfers are not served to sub-account keys: connect a key of the main account for them.',
  'exchange-down':
    'BitMart cannot be reached or is under maintenance. Nothing is wrong with the key; try again later.',
  'exchange-closed': 'BitMart has closed. What was imported before stays here.',
  'rate-limited': 'BitMart asks to wait before more questions. Try again in a few minutes.',
  'bad-payload':
    'BitMart answered something that is not what it documents. Nothing was taken from it; try again later.',
  rejected: 'BitMart refused the question for a reason that it does not document.',
}
