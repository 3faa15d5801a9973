import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bill, dollars, inDollars } from '../../bin/cost/bill.ts'
import { addressLimits, billWithCells, cellsCost, workersFor } from '../../bin/cost/egress.ts'
import { costPage, sizes } from '../../bin/cost/page.ts'
import { pricedStage } from '../../bin/cost/priced-stage.ts'
import { prices, region } from '../../bin/cost/prices.ts'
import {
  assumptions,
  firstSync,
  putOnCondition,
  readThenCompare,
  usage,
  usageWithEnvelopes,
} from '../../bin/cost/usage.ts'
import { stages } from '../../bin/stages.ts'
import { nightOfMany } from '../model/night-of-many.ts'
import { quietNight } from './night.ts'

const million = 1_000_000

describe('The bill', () => {
  it.each(sizes)('of %i connections doubles with them, except for what is there anyway', (size) => {
    const once = bill(usage(), size)
    const twice = bill(usage(), 2 * size)
    expect(twice.fixed).toBe(once.fixed)
    expect(twice.total - twice.fixed).toBeCloseTo(2 * (once.total - once.fixed), 4)
  })

  it('without connections is what is there anyway', () => {
    expect(bill(usage(), 0).total).toBeCloseTo(bill(usage(), 0).fixed, 9)
    expect(bill(firstSync(), 0).total).toBe(0)
  })

  it('adds up, and begins with the dearest', () => {
    const { groups, total } = bill(usage(), 100_000)
    const amounts = groups.map((group) => group.dollars)
    expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBeCloseTo(total, 6)
    expect(Math.max(...amounts)).toBe(amounts[0])
    expect(total).toBeCloseTo(
      usage().reduce((sum, line) => sum + dollars(line, 100_000), 0),
      6,
    )
  })

  it('counts one secret for each connection, and none when they are envelopes', () => {
    const secrets = bill(usage(), million).groups.find(({ group }) => group === 'Secrets Manager')
    expect(secrets?.dollars).toBeCloseTo(million * 0.4 + (million * 30 * 0.05) / 10_000, 6)
    expect(bill(usageWithEnvelopes(), million).total).toBeLessThan(10_000)
    expect(bill(usageWithEnvelopes(), million).groups.map(({ group }) => group)).not.toContain(
      'Secrets Manager',
    )
  })

  it('agrees with two figures that were computed elsewhere: 450 rows of half a kilobyte', () => {
    const again = { rows: 450, kilobytes: 0.5 }
    expect(Math.round(dollars(readThenCompare(again), million))).toBe(211)
    expect(Math.round(dollars(putOnCondition(again), million))).toBe(8_438)
  })

  it('needs every price that it states', () => {
    const used = new Set([...usage(), ...usage('standard'), ...firstSync()].map(({ price }) => price))
    expect([...used].sort()).toEqual(Object.keys(prices).sort())
  })
})

describe('Amounts', () => {
  it.each([
    [0, '–'],
    [0.0044, '$0.0044'],
    [0.4, '$0.40'],
    [2.249, '$2.25'],
    [73.04, '$73.0'],
    [508.7, '$509'],
    [40_583, '$40,600'],
    [404_961.2, '$405,000'],
  ])('%d is written %s', (amount, text) => {
    expect(inDollars(amount)).toBe(text)
  })
})

describe('Cells', () => {
  it('with more workers than an address can use have shorter nights by next to nothing, and pay for who waits', () => {
    const one = addressLimits[0]
    if (one === undefined) throw new Error('There is a limit.')
    const night = (workers: number) =>
      nightOfMany({ ...one, connections: 3_000, questions: 8, workers, answersIn: 700 })
    const [enough, more] = [night(workersFor(one)), night(5 * workersFor(one))]
    expect(more.lasted).toBeGreaterThan(0.95 * enough.lasted)
    expect(more.held).toBeGreaterThan(4 * enough.held)
  })

  it('let a million connections cost less than ten thousand dollars a month, by the nights and zones that the stage file has', () => {
    const { night, natZones } = pricedStage()
    for (const one of addressLimits)
      expect(billWithCells(million, one, night.hours, natZones), one.what).toBeLessThan(10_000)
    expect(cellsCost(2)).toBeCloseTo(2 * cellsCost(1), 9)
    expect(cellsCost(3, 2) - cellsCost(3)).toBeCloseTo(3 * 730 * (0.045 + 0.005), 9)
  })

  it('are told to cost more where nights are short: the page says so with both figures', () => {
    const [one] = addressLimits
    if (one === undefined) throw new Error('There is a limit.')
    const { night, natZones } = pricedStage()
    expect(billWithCells(million, one, 6, natZones)).toBeGreaterThan(10_000)
    for (const hours of [night.hours, 6])
      expect(costPage()).toContain(inDollars(billWithCells(million, one, hours, natZones)))
  })
})

describe('The table class', () => {
  it('that the stage file names is the cheaper one for the account that is assumed, and the dearer one for a small one', () => {
    const { tableClass } = pricedStage()
    const other = tableClass === 'standard' ? 'infrequent-access' : 'standard'
    expect(bill(usageWithEnvelopes(tableClass), million).total).toBeLessThan(
      bill(usageWithEnvelopes(other), million).total,
    )
    // Nothing is stored, everything is asked for.
    const asked = (one: typeof tableClass) =>
      bill(
        usage(one).filter(({ group }) => group === 'DynamoDB requests'),
        million,
      ).total
    expect(asked('infrequent-access')).toBeCloseTo(1.25 * asked('standard'), 6)
  })
})

describe('Statement files and exports', () => {
  it('have lines of their own in the bill: storing, requests, and the functions that read and write them', () => {
    const lines = usage().filter(({ group }) => group === 'Statement files and exports')
    expect(new Set(lines.map(({ price }) => price))).toEqual(
      new Set(['objectStorage', 'objectBackup', 'objectPut', 'objectGet', 'lambdaSecond', 'dataOut']),
    )
    for (const line of lines) expect(dollars(line, million), line.price).toBeGreaterThan(0)
  })
})

describe('The assumptions', () => {
  it('about a quiet night hold for the real planner and worker', async () => {
    const night = await quietNight()
    expect(night.transactionWrites).toBe(0)
    expect(night.secretCalls).toBe(1)
    expect(night.messages).toBe(1)
    expect(night.requests).toBe(assumptions.questions.value)
    const reads = assumptions.reads.value + assumptions.catalogueReads.value
    // The store counts no writes of the index. What is cheaper than stated by half or more should be stated anew.
    expect(night.reads).toBeLessThanOrEqual(reads)
    expect(night.reads).toBeGreaterThan(reads / 2)
    expect(night.writes).toBeLessThanOrEqual(assumptions.writes.value)
    expect(night.writes).toBeGreaterThan(assumptions.writes.value / 2)
  })
})

describe('docs/cost.md', () => {
  it('has the prices of the region that the stage file and the runbook name', () => {
    const priced = region.split(' ')[0]
    for (const stage of stages) expect(stage.region).toBe(priced)
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
    expect(runbook).toContain(`export AWS_REGION=${priced} AWS_DEFAULT_REGION=${priced} `)
  })

  it('is what the script prints', () => {
    const committed = readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8')
    expect(committed).toBe(costPage())
  })
})
