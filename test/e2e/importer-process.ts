import { hash } from '../../lambdas/adapters/identity.ts'
import { openExchangeClient } from '../../lambdas/exchanges/ccxt-client.ts'
import { submit } from '../../lambdas/use-cases/submission.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { importAccount } from '../../local/import/import-account.ts'
import { leave, thisProcess } from '../../local/import/this-process.ts'
import { demoKey } from '../../local/simulated-bitmart/options.ts'
import { statementObjects, statementsDirectory } from '../../local/statement-objects.ts'
import { hurried } from '../model/engine.ts'

/**
 * One import as `npm run import` does it, but without waiting for BitMart's limits, into the store on disk of
 * `DATA_DIR`. To be killed. Prints how many rows were new and how many changed.
 */
const { env, clock, sleep, random, signal } = thisProcess()
const exchange = hurried()
const submission = submit(
  exchange,
  { apiKey: demoKey.apiKey, secret: demoKey.secret, passphrase: demoKey.memo },
  hash,
)
if ('problems' in submission || env.DATA_DIR === undefined || env.SIMULATOR === undefined)
  throw new Error('not set up')

const store = await openEmbeddedStore({ dataDir: env.DATA_DIR })
const hosts = { spot: env.SIMULATOR, swap: env.SIMULATOR }
const client = openExchangeClient(exchange, submission.credentials, { hosts, clock, sleep, random })
const { run } = await importAccount(
  {
    table: store.table,
    client,
    clock,
    sleep,
    signal,
    statementObjects: statementObjects(statementsDirectory(env.DATA_DIR)),
    onConnected: () => undefined,
    onProgress: () => undefined,
  },
  {
    exchange,
    subaccount: '',
    out: '',
    json: false,
    allowPowerfulKey: false,
    replaceKey: false,
    newAccount: false,
    sameAccount: false,
    recheck: false,
  },
  submission,
)
await store.close()
const sum = (name: 'new' | 'changed') => run.streams.reduce((total, stream) => total + stream[name], 0)
process.stdout.write(`${JSON.stringify({ state: run.state, new: sum('new'), changed: sum('changed') })}\n`)
await leave(0)
