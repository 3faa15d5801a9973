import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { asTyped } from '../../local/as-typed.ts'

it('a printed word is one word to the shell that it is pasted into, and plain ones are left as they are', () => {
  const words = ['/tmp/demo dir/h ü', "it's", '$HOME', '2026-01-01', '/tmp/a_b/c.csv', '--x=1', '']
  const echoed = execFileSync('sh', ['-c', `printf '%s\\n' ${words.map(asTyped).join(' ')}`], {
    encoding: 'utf8',
  })
  expect(echoed.split('\n').slice(0, -1)).toEqual(words)
  expect(asTyped('/tmp/a_b/c.csv')).toBe('/tmp/a_b/c.csv')
})
