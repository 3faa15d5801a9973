import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'

const run = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ['local/exchange-history.mjs', 'simulate', ...args])

test('the command prints where it listens and how to use it, logs each call and stops cleanly', async () => {
  const command = run('--port', '0', '--page', 'oldest')
  let shown = ''
  command.stdout?.on('data', (chunk) => {
    shown += chunk
  })
  while (!shown.includes('Every call is one line:')) await once(command.stdout ?? command, 'data')
  const url = /^export BITMART_SPOT_URL=(\S+)$/m.exec(shown)?.[1] ?? ''
  for (const name of ['BITMART_FUTURES_URL', 'BITMART_API_KEY', 'BITMART_API_SECRET', 'BITMART_API_MEMO'])
    expect(shown).toMatch(new RegExp(`^export ${name}=\\S`, 'm'))
  // Trading ended more than ninety days ago: whoever imports it must not look for what nobody serves.
  expect(shown).toMatch(
    /^Its account has 1450 spot fills \(its API serves none of them today\), 900 futures fills \(its API serves none/m,
  )
  expect(shown).toContain('--page oldest: which rows a full page serves')

  expect((await fetch(`${url}/system/time`)).status).toBe(200)
  command.kill('SIGINT')
  expect(await once(command, 'exit')).toEqual([0, null])
  expect(shown).toMatch(/^\d\d:\d\d:\d\d\.\d{3} GET \/system\/time → 1000$/m)
  expect(shown.endsWith('Stopped.\n')).toBe(true)
})

test('an unknown option is one sentence on stderr, and the exit code says that nothing was done', async () => {
  const command = run('--foo')
  const [complaint, [code]] = await Promise.all([
    command.stderr ? text(command.stderr) : '',
    once(command, 'exit'),
  ])
  expect(complaint).toBe('There is no option --foo: npm run simulate -- --help lists them.\n')
  expect(code).toBe(2)
})
