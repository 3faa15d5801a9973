import { expect, onTestFinished, test } from 'vitest'
import { generateAccount } from '../../../local/simulated-bingx/account.ts'
import { type FaultKind, faultKinds } from '../../../local/simulated-bingx/faults.ts'
import { startSimulatedBingx } from '../../../local/simulated-bingx/server.ts'
import { ledger, now } from './caller.ts'

const account = generateAccount({ seed: 1, now, ledgerRows: 20 })

/** What of the answer tells that it is that fault; undefined: there is none to be read. */
const expectations: Record<FaultKind, { status: number; text: RegExp } | undefined> = {
  'http-502-html': { status: 502, text: /^<!DOCTYPE html>/ },
  'http-200-html': { status: 200, text: /^<!DOCTYPE html>/ },
  'http-403-html': { status: 403, text: /^<!DOCTYPE html>/ },
  'http-429': { status: 429, text: /^\{"code":109429,/ },
  'limit-200': { status: 200, text: new RegExp(`^{"code":100410,.*unblocked after ${now + 1_000}"`) },
  'busy-200': { status: 200, text: /^\{"code":109500,/ },
  'transient-200': { status: 200, text: /^\{"code":106551,/ },
  'null-data': { status: 200, text: /^null$/ },
  'no-code': { status: 200, text: /^\{"msg":"","data":\{\}\}$/ },
  'empty-lie': { status: 200, text: /^\{"code":0,.*"data":\[\]\}$/ },
  'slow-body': { status: 200, text: /^\{"code":0,.*"incomeType".*\}$/ },
  reset: undefined,
  hang: undefined,
  'truncated-json': undefined,
}

test.each(faultKinds)('a faulty call does what its name says: %s', async (kind) => {
  const bingx = await startSimulatedBingx({
    clock: () => now,
    account,
    faults: { every: 1, kinds: [kind] },
    slowBody: 20,
  })
  onTestFinished(() => bingx.close())
  const expected = expectations[kind]
  if (expected !== undefined)
    expect(await ledger(bingx)).toMatchObject({
      status: expected.status,
      text: expect.stringMatching(expected.text),
    })
  else {
    const asking = ledger(bingx).then(
      () => 'read',
      () => 'unreadable',
    )
    while (bingx.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    if (kind === 'hang') await bingx.close()
    expect(await asking).toBe('unreadable')
  }
  expect(bingx.requests).toMatchObject([{ fault: kind }])
})
