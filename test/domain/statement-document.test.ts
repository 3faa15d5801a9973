import { describe, expect, it } from 'vitest'
import type { FileTime } from '../../lambdas/domain/attested.ts'
import { type Coverage, noCoverage } from '../../lambdas/domain/coverage.ts'
import type { Account, StatementFacts } from '../../lambdas/domain/export-statement.ts'
import { openTally } from '../../lambdas/domain/export-tally.ts'
import { statementOf } from '../../lambdas/domain/statement.ts'
import { statementDocument } from '../../lambdas/domain/statement-document.ts'
import { bitmart } from '../../lambdas/exchanges/bitmart/index.ts'
import { bitrue } from '../../lambdas/exchanges/bitrue/index.ts'
import { koinly } from '../../lambdas/formats/koinly.ts'

const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)]
const period = { from, to }
const row = { identity: 'a', time: from, since: Date.UTC(2026, 1, 1) }

function account(changes: Partial<Account> = {}): Account {
  return {
    id: 'first',
    name: 'the connection “main”',
    exchange: bitmart,
    coverage: [],
    subaccount: '',
    keyHint: '',
    ...changes,
  }
}

function documentOf(accounts: readonly Account[], changes: Partial<StatementFacts> = {}) {
  return statementDocument({
    statement: statementOf(accounts, period),
    accounts,
    period,
    timezone: 'UTC',
    format: koinly,
    tally: openTally({}).close(),
    file: { name: 'history.csv', bytes: 1, sha256: 'ab' },
    madeAt: to,
    ...changes,
  })
}

const streamsOf = (exchange: Account['exchange'], coverage: readonly Coverage[]) =>
  documentOf([account({ exchange, coverage })]).accounts[0]?.streams ?? []

describe('a statement for programs has in fields what its sentences tell:', () => {
  it('that an account has no key, and what its files attest, and why of some nothing', () => {
    const window = { from, to: Date.UTC(2026, 1, 1) }
    const files: FileTime = {
      claims: [
        { stream: 'deposit', by: 'owner', windows: [window] },
        { stream: 'spot-ledger', by: 'balance', windows: [window] },
        { stream: 'deposit', by: 'owner', windows: [], withdrawn: { why: 'refuted', at: from } },
        { stream: 'deposit', by: 'owner', windows: [], withdrawn: { why: 'round', count: 500 } },
      ],
      ledger: [],
      streams: [],
    }
    const told = { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' }
    const [keyless] = documentOf([account({ statementsOnly: true, files })]).accounts
    expect(keyless).toMatchObject({
      withoutKey: true,
      files: {
        attested: [
          { stream: 'deposit', ...told, by: 'owner' },
          { stream: 'spot-ledger', ...told, by: 'balance' },
        ],
        attestingNothing: [
          { stream: 'deposit', refutedBy: '2026-01-01T00:00:00.000Z' },
          { stream: 'deposit', cutAt: 500 },
        ],
      },
    })
    const [keyed] = documentOf([account()]).accounts
    expect(keyed).not.toHaveProperty('withoutKey')
    expect(keyed).not.toHaveProperty('files')
  })

  it('which accounts the file calls alike', () => {
    const others = [account({ id: 'second' }), account({ id: 'sub', subaccount: 'sub' })]
    expect(documentOf([account(), ...others]).namedAlike).toEqual([['first', 'second']])
    expect(documentOf([account()])).not.toHaveProperty('namedAlike')
    const everyRow = openTally({ everyRow: true }).close()
    expect(documentOf([account(), ...others], { tally: everyRow })).not.toHaveProperty('namedAlike')
  })

  it('what of the opening balances no row has', () => {
    const tally = openTally({}, undefined, {
      opening: [{ wallet: 'spot', coin: 'FOO', amount: '1' }],
    }).close()
    const told = documentOf([account()], { tally })
    expect(told.opening?.doubts).toHaveLength(2)
    expect(told.sentences).toEqual(expect.arrayContaining([...(told.opening?.doubts ?? [])]))
  })

  it('of how many names it was asked for, and when, and of how many not yet', () => {
    const part = (partition: string, asked?: number): Coverage => ({
      ...noCoverage('spot-trade', partition),
      ...(asked !== undefined && { asked }),
    })
    const [fills, ...others] = streamsOf(bitrue, [
      part('BTCUSDT', to),
      part('ETHUSDT', from),
      part('XRPUSDT'),
    ])
    expect(fills?.asked).toEqual([
      {
        what: 'symbols',
        parts: 2,
        notYet: 1,
        first: '2026-01-01T00:00:00.000Z',
        last: '2026-07-01T00:00:00.000Z',
      },
    ])
    expect(others.every((stream) => !('asked' in stream))).toBe(true)
    expect(streamsOf(bitrue, [part('XRPUSDT')])[0]?.asked).toEqual([{ what: 'symbols', parts: 0, notYet: 1 }])
  })

  it('why the exchange says that there is nothing, of all parts or of some', () => {
    const part = (partition: string, note?: Coverage['note']): Coverage => ({
      ...noCoverage('futures-trade', partition),
      ...(note !== undefined && { note }),
    })
    const notesOf = (...coverage: readonly Coverage[]) =>
      streamsOf(bitmart, coverage).find(({ stream }) => stream === 'futures-trade')?.notes
    expect(notesOf(part('futures', 'not-opened'), part('copy_trading', 'not-opened'))).toEqual([
      { note: 'not-opened', parts: 2, of: 2 },
    ])
    expect(notesOf(part('futures'), part('copy_trading', 'not-opened'))).toEqual([
      { note: 'not-opened', parts: 1, of: 2, partitions: ['copy_trading'] },
    ])
    expect(notesOf(part('futures'))).toBeUndefined()
  })

  it('how many single rows are no longer shown, could not be read anew, or say something else', () => {
    const odd = { ...noCoverage('deposit', 'account'), missing: [row, row], unread: [row], revised: [row] }
    const rowsOf = (coverage: readonly Coverage[]) =>
      streamsOf(bitmart, coverage).find(({ stream }) => stream === 'deposit')?.rows
    expect(rowsOf([odd])).toEqual({ missing: 2, unreadable: 1, revised: 1 })
    expect(rowsOf([noCoverage('deposit', 'account')])).toBeUndefined()
  })
})
