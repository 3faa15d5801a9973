import type { ExchangeDefinition } from '../../domain/exchange.ts'

export const credentials: ExchangeDefinition['credentials'] = [
  {
    name: 'apiKey',
    title: 'API key',
    hint: 'shown as "API Key" in the list of API keys',
    maxLength: 256,
  },
  {
    name: 'secret',
    title: 'Secret key',
    hint: 'shown as "Secret Key" when the key is made, and hidden after a reload',
    maxLength: 256,
  },
]

export const credentialVariables: ExchangeDefinition['credentialVariables'] = {
  apiKey: 'BINGX_API_KEY',
  secret: 'BINGX_API_SECRET',
}

/** As BingX's own list of error codes names it, where the address of a key is not bound. */
export const keyPage = 'https://bingx.com/en/account/api/'

/** How to make a key, step by step. */
export const keyGuide: ExchangeDefinition['keyGuide'] = [
  {
    id: 'open',
    text: 'Sign in at bingx.com, open the account menu, choose "API Management" and then "Create API" (sub-account: sign in as the sub-account, whose history only a key of its own can read).',
  },
  { id: 'name', text: 'Give the key a label by which you will know it again.' },
  {
    id: 'addresses',
    text: 'Enter the IP addresses that this importer shows, where it shows any: with commas between them and without spaces, 20 at most.',
  },
  {
    id: 'rights',
    text: 'Leave "Read" ticked and nothing else: spot trading, which guides for bots tell to tick, and withdrawal stay unticked. A key that may only read does not expire.',
  },
  { id: 'confirm', text: 'Confirm with the code that BingX mails to you and with your authenticator.' },
  {
    id: 'copy',
    text: 'Copy the API key and the secret key before you leave or reload the page: after that the secret is hidden for good.',
  },
  { id: 'enter', text: 'Enter both here. There is no passphrase.' },
]
