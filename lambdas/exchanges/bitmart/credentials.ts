import type { ExchangeDefinition } from '../../domain/exchange.ts'

export const credentials: ExchangeDefinition['credentials'] = [
  {
    name: 'apiKey',
    title: 'Access key',
    hint: 'shown as "Access Key" in the list of API keys',
    maxLength: 256,
  },
  { name: 'secret', title: 'Secret key', hint: 'shown once, when the key is made', maxLength: 256 },
  {
    name: 'passphrase',
    title: 'Memo',
    hint: 'the memo that you chose when you made the key',
    maxLength: 256,
    troublesome: ['!', '※'],
  },
]

export const credentialVariables: ExchangeDefinition['credentialVariables'] = {
  apiKey: 'BITMART_API_KEY',
  secret: 'BITMART_API_SECRET',
  passphrase: 'BITMART_API_MEMO',
}

/** How to make a key, step by step. */
export const keyGuide: ExchangeDefinition['keyGuide'] = [
  'Sign in at bitmart.com, open the account menu and choose "API Settings" (sub-account: sign in as the sub-account).',
  'Make a new key: give it a name and a memo. The memo is a free text that belongs to the key; keep it.',
  'Tick "Read-Only" and nothing else. Leave trading and withdrawal unticked.',
  'Bind the IP addresses that this importer shows, where it shows any; without binding a key may expire after 90 days.',
  'Confirm with your second factor and copy the access key and the secret key: the secret is shown only once.',
  'Enter access key, secret key and memo here.',
]
