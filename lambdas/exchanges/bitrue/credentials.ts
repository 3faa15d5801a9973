import type { ExchangeDefinition } from '../../domain/exchange.ts'

export const credentials: ExchangeDefinition['credentials'] = [
  {
    name: 'apiKey',
    title: 'API key',
    hint: '64 letters and digits, shown in the list of API keys',
    maxLength: 256,
  },
  {
    name: 'secret',
    title: 'Secret key',
    hint: '64 letters and digits, shown once, when the key is made',
    maxLength: 256,
  },
]

export const credentialVariables: ExchangeDefinition['credentialVariables'] = {
  apiKey: 'BITRUE_API_KEY',
  secret: 'BITRUE_API_SECRET',
}

/** Rights and addresses belong to a key that is saved already: Bitrue asks for them last. */
export const keyGuide: ExchangeDefinition['keyGuide'] = [
  {
    id: 'open',
    text: 'Sign in at bitrue.com, open the account menu, choose "API" and then "Get API Key".',
  },
  { id: 'name', text: 'Give the key a name by which you will know it again.' },
  {
    id: 'confirm',
    text: 'Confirm with the link that Bitrue mails to you (look in the spam folder too) and with the code of your authenticator.',
  },
  {
    id: 'copy',
    text: 'Copy the API key and the secret key at once: the secret is shown this one time only.',
  },
  {
    id: 'rights',
    text: 'Now edit the saved key. "Read-Only" is ticked and is, by what Bitrue says of it, all that is needed. Leave "Spot Trade", which guides for bots tell to tick, the two rights of futures, "Futures Account Transfer" and "Withdrawal" unticked: Bitrue tells nobody what a key may do, so nothing here can notice that it may do more.',
  },
  {
    id: 'addresses',
    text: 'Enter the IP addresses that this importer shows, where it shows any, as trusted ones, with commas between them, and save.',
  },
  { id: 'enter', text: 'Enter both keys here. There is no passphrase.' },
]
