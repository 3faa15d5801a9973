import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { isoTime } from '../../lambdas/domain/outward.ts'
import { offsetsOf } from '../../lambdas/domain/timezone.ts'
import type { Transaction } from '../../lambdas/domain/transaction.ts'
import { day, hour, minute } from '../../lambdas/domain/window.ts'
import type { layoutSchema } from '../../lambdas/statements/layout.ts'

/** A fill of 2025, which no API serves any more. */
export type OldFill = {
  /** Epoch milliseconds, a whole second. */
  readonly time: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly amount: string
  readonly fee: string
}

export const zone = 'Europe/Berlin'

const [begins, ends] = [Date.UTC(2025, 0, 2), Date.UTC(2025, 11, 30)]
const apart = 31 * hour + 7 * minute

/** What the account traded in 2025: some fills alike in all they say, and two in the hour that Berlin’s clocks showed twice. */
export function fillsOf2025(): readonly OldFill[] {
  const fills: OldFill[] = []
  for (let time = begins, index = 0; time < ends; time += apart, index += 1) {
    const isBitcoin = index % 3 !== 0
    const fill: OldFill = {
      time,
      symbol: isBitcoin ? 'BTC_USDT' : 'ETH_USDT',
      side: index % 2 === 0 ? 'buy' : 'sell',
      price: isBitcoin ? `${94_000 + index * 31}.5` : `${3_100 + index}.25`,
      amount: `0.0${1_000 + index * 7}1`,
      fee: `${1 + (index % 5)}.${index % 10}5`,
    }
    // An order that is filled in equal parts.
    fills.push(...Array.from({ length: index % 40 === 17 ? 3 : 1 }, () => fill))
  }
  const twice: OldFill = {
    time: Date.UTC(2025, 9, 26, 0, 30),
    symbol: 'BTC_USDT',
    side: 'buy',
    price: '111000.5',
    amount: '0.005',
    fee: '0.55',
  }
  return [...fills, twice, { ...twice, time: twice.time + hour }].sort((a, b) => a.time - b.time)
}

/** A fill that the file has and the exchange has not: of two days ago, of which it shows everything. */
function invented(now: number): OldFill {
  return {
    time: Math.floor((now - 2 * day) / 1_000) * 1_000,
    symbol: 'BTC_USDT',
    side: 'buy',
    price: '120000.5',
    amount: '1',
    fee: '60',
  }
}

/** What its columns mean, as its owner would say it. */
const layout: z.input<typeof layoutSchema> = {
  granularity: 'fill',
  stream: 'spot-trade',
  time: 'Time',
  dateOrder: 'day-first',
  decimalSign: ',',
  columns: { symbol: 'Pair', price: 'Price', amount: 'Amount', fee: 'Fee', feeCurrency: 'Fee coin' },
  words: [{ column: 'Side', isClosed: true, means: { Buy: { side: 'buy' }, Sell: { side: 'sell' } } }],
  symbol: { split: '_', join: '_' },
}

export type StatementPaths = { readonly files: readonly string[]; readonly map: string }

/** Two files that overlap by two months, by Berlin’s clock, with decimal commas; the second one with a fill that never was. */
export async function writeStatements(
  directory: string,
  fills: readonly OldFill[],
  now: number,
): Promise<StatementPaths> {
  await mkdir(directory, { recursive: true })
  const parts = [
    ['fills-2025-until-july.csv', fills.filter(({ time }) => time < Date.UTC(2025, 7, 1))],
    [
      'fills-2025-from-june.csv',
      [...fills.filter(({ time }) => time >= Date.UTC(2025, 5, 1)), invented(now)],
    ],
  ] as const
  const files: string[] = []
  for (const [name, some] of parts) {
    files.push(join(directory, name))
    await writeFile(join(directory, name), textOf(some))
  }
  const map = join(directory, 'mapping.json')
  await writeFile(map, `${JSON.stringify(layout, undefined, 2)}\n`)
  return { files, map }
}

function textOf(fills: readonly OldFill[]): string {
  const offset = offsetsOf(zone)
  const lines = fills.map(({ time, symbol, side, price, amount, fee }) =>
    [
      shown(time + offset(time)),
      symbol,
      side === 'buy' ? 'Buy' : 'Sell',
      comma(price),
      comma(amount),
      comma(fee),
      'USDT',
    ].join(';'),
  )
  return `${['Time;Pair;Side;Price;Amount;Fee;Fee coin', ...lines].join('\r\n')}\r\n`
}

/** `31.12.2025 23:59:59` */
function shown(wall: number): string {
  const [year, month, day] = isoTime(wall).slice(0, 10).split('-')
  return `${day}.${month}.${year} ${isoTime(wall).slice(11, 19)}`
}

function comma(amount: string): string {
  return amount.replace('.', ',')
}

/** Fills that are not stored, and stored ones that never were: each counted as often as it is there. */
export function comparedWith(
  fills: readonly OldFill[],
  stored: readonly Transaction[],
): { readonly missing: number; readonly invented: number } {
  const open = new Map<string, number>()
  for (const fill of fills) open.set(nameOf(fill), (open.get(nameOf(fill)) ?? 0) + 1)
  let surplus = 0
  for (const row of stored) {
    const left = open.get(nameOf(row)) ?? 0
    if (left === 0) surplus += 1
    else open.set(nameOf(row), left - 1)
  }
  return { missing: [...open.values()].reduce((sum, left) => sum + left, 0), invented: surplus }
}

type Named = { readonly [Field in keyof OldFill]?: OldFill[Field] | undefined }

function nameOf({ time, symbol, side, price, amount, fee }: Named): string {
  return JSON.stringify([time, symbol, side, price, amount, fee])
}
