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

/** As BitMart's own client for Python names it, in all of its classes. */
export const keyPage = 'https://www.bitmart.com/api-config/en-US'

/** How to make a key, step by step. */
export const keyGuide: ExchangeDefinition['keyGuide'] = [
  {
    id: 'open',
    text: 'Sign in at bitmart.com, open the account menu and choose "API Management" (sub-account: sign in as the sub-account, whose history only a key of its own can read).',
  },
  {
    id: 'name',
    text: 'Make a new key and choose its memo: any text of your own. It is the name of the key as well, and belongs to it like a password. Keep it.',
  },
  {
    id: 'rights',
    text: 'Tick "Read-Only" and nothing else. Leave trading and withdrawal unticked.',
  },
  {
    id: 'addresses',
    text: 'Bind the IP addresses that this importer shows, where it shows any, with commas between them; without binding a key may expire after 90 days.',
  },
  { id: 'confirm', text: 'Confirm with the code that BitMart mails to you.' },
  { id: 'copy', text: 'Copy the access key and the secret key: the secret is shown only once.' },
  { id: 'enter', text: 'Enter access key, secret key and memo here.' },
]
