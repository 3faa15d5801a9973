import { describe, expect, it } from 'vitest'
import { shownBefore } from '../../lambdas/use-cases/join-pages.ts'

const shown = (known: string, page: string) =>
  shownBefore([...known], [...page])
    .map((is) => (is ? '-' : '+'))
    .join('')

describe('a page that begins with the last rows of those before it', () => {
  it('shows those again, be it one or two, and nothing of what follows', () => {
    expect(shown('abcd', 'def')).toBe('-++')
    expect(shown('abcd', 'cdef')).toBe('--++')
    expect(shown('abcd', 'd')).toBe('-')
  })

  it('shows one again of rows that nothing tells apart', () => {
    expect(shown('abdd', 'dd')).toBe('-+')
    expect(shown('abdd', 'dde')).toBe('-++')
  })

  it('shows again what stood before it, where it has an order of its own', () => {
    expect(shown('abcd', 'fdge')).toBe('+-++')
    expect(shown('abcc', 'eccc')).toBe('+--+')
  })

  it('shows nothing again where it begins elsewhere', () => {
    expect(shown('abcd', 'efg')).toBe('+++')
    expect(shown('', 'ab')).toBe('++')
    expect(shown('ab', '')).toBe('')
  })
})
