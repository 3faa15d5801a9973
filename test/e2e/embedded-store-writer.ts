// Started by the tests of the embedded store, which kill it: `embedded-store-writer.ts DATA_DIR FIRST_NUMBER`.
import { writeSync } from 'node:fs'
import { transactionStore } from '../../lambdas/adapters/transactions.ts'
import { openEmbeddedStore } from '../../local/embedded-store.ts'
import { fill } from '../adapters/fill.ts'

const [dataDir = '', first = '0'] = process.argv.slice(2)
const { table } = await openEmbeddedStore({ dataDir })
writeSync(1, 'open\n')
for (let number = Number(first); ; number += 60) {
  await transactionStore(table).write(
    { user: 'ann', connection: 'c1' },
    Array.from({ length: 60 }, (_, index) => fill(number + index)),
  )
  writeSync(1, `${number + 60}\n`)
}
