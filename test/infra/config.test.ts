import { describe, expect, it } from 'vitest'
import { parseStages, selectStages } from '../../lib/config.ts'

describe('The stages', () => {
  it('are dev and prod when none is asked for', () => {
    expect(selectStages(undefined).map(({ name }) => name)).toEqual(['dev', 'prod'])
  })

  it('are the one that is asked for', () => {
    expect(selectStages('prod').map(({ name }) => name)).toEqual(['prod'])
  })

  it('know no other name', () => {
    expect(() => selectStages('production')).toThrow()
  })

  it('need a region but no account, so that synthesis needs no cloud', () => {
    expect(parseStages([{ name: 'dev', region: 'eu-west-1' }])).toHaveLength(1)
    expect(() => parseStages([{ name: 'dev' }])).toThrow(/region/)
  })

  it.each([
    ['an account that is none', { name: 'dev', region: 'eu-west-1', account: '1234' }, 'account'],
    ['a region that is none', { name: 'dev', region: 'Europe' }, 'region'],
    ['a field that nobody reads', { name: 'dev', region: 'eu-west-1', acount: '123456789012' }, 'acount'],
  ])('refuse %s, by its name', (_, stage, field) => {
    expect(() => parseStages([stage])).toThrow(field)
  })

  it('are described once each', () => {
    const dev = { name: 'dev', region: 'eu-west-1' }
    expect(() => parseStages([dev, dev])).toThrow('a stage is described twice')
  })
})
