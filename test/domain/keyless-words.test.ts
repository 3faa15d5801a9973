import { expect, it } from 'vitest'
import type { Connection } from '../../lambdas/domain/connection.ts'
import { coverageWords } from '../../lambdas/domain/coverage-words.ts'
import { shortfalls } from '../../lambdas/domain/shortfalls.ts'
import { statementOf } from '../../lambdas/domain/statement.ts'
import { bingx } from '../../lambdas/exchanges/bingx/index.ts'
import { describeCoverage } from '../../lambdas/use-cases/read-coverage.ts'
import { describeStatus } from '../../local/status/describe-status.ts'

const keyless: Connection = {
  id: 'c1',
  user: 'ann',
  exchange: 'bingx',
  subaccount: '',
  keyHint: '',
  status: 'disconnected',
  statementsOnly: true,
  createdAt: 0,
}

const now = Date.UTC(2026, 10, 27)
const attested = { from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 11, 31) }
const files = {
  claims: [{ stream: 'spot-trade' as const, by: 'owner' as const, windows: [attested] }],
  ledger: [],
  streams: [],
}

/** Every place that tells what is known of an account that has no key. */
const told: Readonly<Record<string, readonly string[]>> = {
  coverage: coverageWords(bingx, [], { statementsOnly: true }).flatMap(({ sentences }) => sentences),
  shortfalls: shortfalls(bingx.streams, [], { statementsOnly: true }),
  export: statementOf([{ name: 'old account', exchange: bingx, coverage: [], statementsOnly: true, files }], {
    to: now,
  }).sentences,
  'HTTP and console': [describeCoverage(bingx, [], keyless, now, undefined, files)].flatMap((one) => [
    ...one.sentences,
    ...one.items.flatMap(({ sentences }) => sentences),
  ]),
  status: describeStatus(
    [{ connection: keyless, exchange: bingx, coverage: [], lastRun: undefined }],
    now,
  ).connections.flatMap(({ streams }) => streams.map(({ sentence }) => sentence)),
}

it.each(Object.entries(told))(
  'an account without a key is not said to wait for a sync: %s',
  (_place, sentences) => {
    const text = sentences.join('\n')
    expect(text).toContain('only files tell')
    expect(text).not.toMatch(
      /not asked|nothing is known yet|nothing is known to be complete|Sync, and|last sync/,
    )
  },
)

it('what files attest is told, and makes nothing complete', () => {
  for (const place of ['export', 'HTTP and console'])
    expect(told[place]?.join('\n')).toContain(
      'is attested by a file, of which its owner says that it is whole',
    )
  expect(describeCoverage(bingx, [], keyless, now, undefined, files).state).toBe('incomplete')
})
