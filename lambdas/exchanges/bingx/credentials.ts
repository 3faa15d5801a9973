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

/** How to make a key, step by step. */
export const keyGuide: ExchangeDefinition['keyGuide'] = [
  'Sign in at bingx.com, open the account menu, choose "API Management" and then "Create API" (sub-account: sign in as the sub-account, whose history only a key of its own can read).',
  'Give the key a label by which you will know it again.',
  'Enter the IP addresses that this importer shows, where it shows any: with commas between them and without spaces, 20 at most.',
  'Leave "Read" ticked and nothing else. A key that may only read does not expire.',
  'Confirm with the code that BingX mails to you and with your authenticator.',
  'Copy the API key and the secret key before you leave or reload the page: after that the secret is hidden for good.',
  'Enter both here. There is no passphrase.',
]
