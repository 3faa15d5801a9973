import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { accountChoices } from '../account-choices.ts'
import type { Account, Coverage, Months } from '../answers.ts'
import type { PageProps } from '../app.tsx'
import { ask, sentenceOf } from '../ask.ts'
import { questions, useData } from '../data.ts'
import { announce } from '../parts/announce.tsx'
import { Choice } from '../parts/choice.tsx'
import { Button, Failure, Frame, Go } from '../parts/controls.tsx'
import { Heading } from '../parts/heading.tsx'
import { useNarrow } from '../parts/narrow.ts'
import { type HowMany, type MissingTime, RowGrid } from '../parts/row-grid.tsx'
import { useSyncEnd } from '../parts/sync-progress.tsx'
import { TransactionDetails } from '../parts/transaction-details.tsx'
import { questionOfAll } from '../question.ts'
import { go, withQuery } from '../route.ts'
import { type Counted, countedWithin, withoutFuture } from '../row-window.ts'
import { count } from '../show.ts'
import { lanesOf } from '../timeline.ts'
import { timelineWords } from '../words/timeline.ts'
import { transactionWords } from '../words/transactions.ts'
import { words } from '../words.ts'

const texts = transactionWords

/** What the address may hold, all of which the API takes. */
const filters = ['connection', 'stream', 'symbol', 'side', 'status', 'from', 'to', 'q'] as const
type Filter = (typeof filters)[number]
/** By these nobody has counted rows beforehand. */
const uncounted: readonly Filter[] = ['symbol', 'side', 'status', 'q']

/** All rows of all accounts, newest first. */
export function Transactions({ route: { query } }: PageProps) {
  const summary = useData(questions.summary)
  useSyncEnd(summary.data?.items)
  if (summary.data === undefined)
    return (
      <>
        <Heading text={texts.title} />
        {summary.error === null ? (
          <Frame lines={12} />
        ) : (
          <Failure sentence={sentenceOf(summary.error)} again={summary.refetch} />
        )}
      </>
    )
  const { items } = summary.data
  if (items.length === 0)
    return (
      <>
        <Heading text={texts.title} />
        <section class="hero">
          <p class="lead">{texts.noAccount}</p>
          <Go to="#/connect" isPrimary>
            {words.overview.connect}
          </Go>
        </section>
      </>
    )
  return <History items={items} query={query} />
}

type Known = { readonly months: Months['items']; readonly coverage: readonly { of: Account; is: Coverage }[] }

const histories = questionOfAll(async (id, signal) => ({
  months: await ask<Months>(`/v1/connections/${id}/months`, { signal }),
  is: await ask<Coverage>(`/v1/connections/${id}/coverage`, { signal }),
}))

function History({ items, query }: { items: readonly Account[]; query: URLSearchParams }) {
  const filter = useMemo(() => {
    const found = new URLSearchParams()
    for (const name of filters) {
      const value = query.get(name)
      if (value !== null && value !== '') found.set(name, value)
    }
    return found
  }, [filters.map((name) => query.get(name)).join('\n')])
  const accounts = items.filter(
    ({ connection }) => (filter.get('connection') ?? connection.id) === connection.id,
  )
  const row = query.get('row')
  const total = accounts.reduce((sum, { rows }) => sum + rows, 0)
  // What has come since is shown when it is wanted.
  const [shownTotal, setShownTotal] = useState(total)
  const {
    data: each,
    error,
    refetch,
  } = useData(histories(accounts.map(({ connection }) => connection.id).join()))
  const data = useMemo<Known | undefined>(
    () =>
      each && {
        months: each.flatMap(({ months }) => months.items),
        coverage: each.flatMap(({ is }, place) => {
          const of = accounts[place]
          return of === undefined ? [] : [{ of, is }]
        }),
      },
    [each],
  )
  const [many, setMany] = useState<{ count: number; how: HowMany } | undefined>(undefined)
  const isCounted = uncounted.every((name) => !filter.has(name))
  const counts = useMemo(
    () => (data === undefined || !isCounted ? undefined : countsOf(data, filter)),
    [data, filter],
  )
  const missing = useMemo(() => (data === undefined ? [] : missingIn(data, filter)), [data, filter])
  useEffect(() => {
    if (many !== undefined) announce(texts[many.how](many.count))
  }, [many?.count, many?.how])
  const open = (id: string) => go(withQuery('transactions', query, { row: id }))
  return (
    <>
      <div class="page-head">
        <Heading text={texts.title} />
        <p class="soft" data-total={many?.count}>
          {many && texts[many.how](many.count)}
        </p>
        <div class="actions">
          <Go to={exportAddress(filter)}>{texts.export}</Go>
        </div>
      </div>
      <Filters items={items} query={query} />
      {total > shownTotal && (
        <p>
          <Button
            onClick={() => {
              setShownTotal(total)
              refetch()
            }}
          >
            {texts.fresh} ({count(total - shownTotal)})
          </Button>
        </p>
      )}
      {error !== null && <Failure sentence={sentenceOf(error)} again={refetch} />}
      {data === undefined ? (
        error === null && <Frame lines={12} />
      ) : (
        <RowGrid
          key={`${filter} ${shownTotal}`}
          accounts={items}
          filter={filter}
          counts={counts}
          missing={missing}
          open={open}
          tell={(all, how) => setMany({ count: all, how })}
          empty={() => whyEmpty(data, filter, total)}
        />
      )}
      {row !== null && (
        <TransactionDetails
          key={row}
          id={row}
          close={() => go(withQuery('transactions', query, { row: undefined }))}
        />
      )}
    </>
  )
}

const timeIn = (filter: URLSearchParams, name: Filter): number | undefined => {
  const time = Date.parse(filter.get(name) ?? '')
  return Number.isNaN(time) ? undefined : time
}

function countsOf({ months }: Known, filter: URLSearchParams): readonly Counted[] {
  const stream = filter.get('stream')
  return countedWithin(
    withoutFuture(
      months
        .filter((month) => (stream ?? month.stream) === month.stream)
        .map(({ from, to, rows }) => ({ from: Date.parse(from), to: Date.parse(to), rows })),
      Date.now(),
    ),
    timeIn(filter, 'from'),
    timeIn(filter, 'to'),
  )
}

/** Gaps of what is shown, so that nobody reads over them. */
function missingIn({ coverage }: Known, filter: URLSearchParams): readonly MissingTime[] {
  const stream = filter.get('stream')
  // Where nobody can be asked, no time was missed.
  return coverage
    .filter(({ of }) => !of.connection.fromFiles)
    .flatMap(({ is }) =>
      is.items
        .filter((one) => (stream ?? one.stream) === one.stream)
        .flatMap(({ title, partitions }) =>
          partitions.flatMap(({ gaps }) =>
            gaps.map(({ from, to, reason }) => ({
              to: Date.parse(to),
              words: texts.gapBelow(title, from, to, timelineWords.reasons[reason] ?? ''),
            })),
          ),
        ),
    )
}

/** Three things that look alike, and are not. */
function whyEmpty({ coverage }: Known, filter: URLSearchParams, total: number): string {
  const [from, to] = [timeIn(filter, 'from') ?? 0, timeIn(filter, 'to') ?? Date.now()]
  const stream = filter.get('stream')
  const isUnasked = coverage.some(
    ({ of, is }) =>
      !of.connection.fromFiles &&
      lanesOf(is, Date.now(), false).some(
        (lane) =>
          (stream ?? lane.stream) === lane.stream &&
          lane.spans.some(
            (span) =>
              span.kind === 'unasked' && span.from < to && span.to > from && span.to < Date.now() - 60_000,
          ),
      ),
  )
  if (total === 0) return texts.none
  if (isUnasked && uncounted.every((name) => !filter.has(name))) return texts.notImported
  return texts.noMatch
}

/** Period and accounts are what an export takes; the rest is named, so that nobody is surprised. */
function exportAddress(filter: URLSearchParams): string {
  const taken = new URLSearchParams()
  for (const name of ['connection', 'from', 'to'] as const) {
    const value = filter.get(name)
    if (value !== null) taken.set(name, value)
  }
  const dropped = filters.filter((name) => !taken.has(name) && filter.has(name))
  if (dropped.length > 0) taken.set('without', dropped.join())
  return `#/exports?${taken}`
}

const wait = 350

function Filters({ items, query }: { items: readonly Account[]; query: URLSearchParams }) {
  const set = (name: Filter, value: string) =>
    go(withQuery('transactions', query, { [name]: value, row: undefined, find: undefined }))
  const hasAny = filters.some((name) => query.get(name))
  const { filters: names } = texts
  const isNarrow = useNarrow()
  const search = <Text name="q" label={names.q} query={query} set={set} isSearch />
  const others = (
    <>
      {items.length > 1 && (
        <Select
          label={names.connection}
          value={query.get('connection')}
          set={(value) => set('connection', value)}
          of={accountChoices(items)}
        />
      )}
      <Select
        label={names.stream}
        value={query.get('stream')}
        set={(value) => set('stream', value)}
        of={Object.entries(texts.kinds)}
      />
      <Text name="symbol" label={names.symbol} query={query} set={set} />
      <Select
        label={names.side}
        value={query.get('side')}
        set={(value) => set('side', value)}
        of={Object.entries(names.sides)}
      />
      <Select
        label={names.status}
        value={query.get('status')}
        set={(value) => set('status', value)}
        of={Object.entries(names.statuses)}
      />
      <Day name="from" label={names.from} query={query} set={set} />
      <Day name="to" label={names.to} query={query} set={set} />
    </>
  )
  const used = filters.filter((name) => name !== 'q' && query.get(name)).length
  return (
    <div class="filters" role="search">
      {isNarrow ? (
        // On a phone they would leave no room for the rows.
        <>
          {search}
          <details>
            <summary>{names.others(used)}</summary>
            <div class="more">{others}</div>
          </details>
        </>
      ) : (
        <>
          {others}
          {search}
        </>
      )}
      {hasAny && <Button onClick={() => go('#/transactions')}>{texts.clear}</Button>}
    </div>
  )
}

type SelectProps = {
  readonly label: string
  readonly value: string | null
  readonly set: (value: string) => void
  readonly of: readonly (readonly [string, string])[]
}

function Select({ label, value, set, of }: SelectProps) {
  return (
    <label>
      {label}
      <Choice value={value ?? ''} of={[['', texts.filters.all], ...of]} choose={set} />
    </label>
  )
}

type TypedProps = {
  readonly name: Filter
  readonly label: string
  readonly query: URLSearchParams
  readonly set: (name: Filter, value: string) => void
}

/** Waits until nobody types any more. */
function Text({ name, label, query, set, isSearch }: TypedProps & { isSearch?: boolean }) {
  const value = query.get(name) ?? ''
  const [typed, setTyped] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (isSearch && query.has('find')) field.current?.focus()
  }, [])
  useEffect(() => {
    if (typed.trim() === value) return
    const timer = setTimeout(() => set(name, typed.trim()), wait)
    return () => clearTimeout(timer)
  }, [typed])
  const common = {
    ref: field,
    value: typed,
    maxLength: isSearch ? 200 : 100,
    autocomplete: 'off',
    spellcheck: false,
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement }) => setTyped(currentTarget.value),
  } as const
  return (
    <label>
      {label}
      {isSearch ? (
        <input type="search" data-search="" title={texts.filters.placeholder} {...common} />
      ) : (
        <input type="text" size={10} {...common} />
      )}
    </label>
  )
}

/** A day, which means its midnight UTC; a time that came with the address is kept as long as no day is chosen. */
function Day({ name, label, query, set }: TypedProps) {
  return (
    <label>
      {label}
      <input
        type="date"
        value={query.get(name)?.slice(0, 10) ?? ''}
        title={query.get(name) ?? undefined}
        onChange={({ currentTarget }) => set(name, currentTarget.value)}
      />
    </label>
  )
}
