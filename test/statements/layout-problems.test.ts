import { expect, test } from 'vitest'
import { layoutSchema } from '../../lambdas/statements/layout.ts'
import { layoutProblems } from '../../lambdas/statements/layout-problems.ts'

function problemsOf(written: unknown): readonly string[] {
  const parsed = layoutSchema.safeParse(written)
  return parsed.success ? [] : layoutProblems(parsed.error, written)
}

const good = { granularity: 'fill', stream: 'spot-trade', time: 'Zeit', columns: {} }

test.each([
  [good, []],
  [
    { ...good, time: undefined, columns: { time: 'Zeit', side: 'Richtung' } },
    [
      /^time is missing: the heading of the column that has the time\.$/,
      /^Nothing in columns is called “time”, “side”: what may stand there is .*price.*symbol.*beside columns\..*under words/,
    ],
  ],
  [
    {},
    [
      /^granularity is missing: one of fill, order/,
      /^stream is missing/,
      /^time is missing/,
      /^columns is missing\.$/,
    ],
  ],
  [
    { ...good, granularity: 'trade' },
    [/^granularity must be one of fill, order, position, ledger, transfer\.$/],
  ],
  [{ ...good, columns: { price: 3 } }, [/^columns\.price must be text\.$/]],
  [{ ...good, columns: { price: '' } }, [/^columns\.price must not be so short or small\.$/]],
  [{ ...good, time: 'x'.repeat(201) }, [/^time must not be so long or large\.$/]],
  [{ ...good, unit: 1.5 }, [/^unit must be a whole number\.$/]],
  [{ ...good, isSmall: 'yes' }, [/^isSmall must be true or false\.$/]],
  [{ ...good, words: {} }, [/^words must be a list: \[…\]\.$/]],
  [
    { ...good, symbols: '/' },
    [/^Nothing is called “symbols”: what may stand there is granularity, .*symbol/],
  ],
  [
    { ...good, words: [{ column: 'Richtung', isClosed: true, means: { Kauf: { sides: 'buy' } } }] },
    [/^Nothing in words\.0\.means\.Kauf is called “sides”: what may stand there is side, position/],
  ],
  [
    { ...good, symbol: { by: '/' } },
    [/^symbol\.split is missing\.$/, /^symbol\.join is missing\.$/, /split, join\.$/],
  ],
  [null, [/^It must be an object/]],
])('what is wrong with %j is said in sentences that name what may stand there', (written, sentences) => {
  expect(problemsOf(written)).toEqual(sentences.map((one) => expect.stringMatching(one)))
})
