import { useState } from 'preact/hooks'
import type { Account } from '../answers.ts'
import type { PageProps } from '../app.tsx'
import { ask, sentenceOf } from '../ask.ts'
import { questions, useData } from '../data.ts'
import { Badge, Button, Failure, Frame, Go, Notice, Sign } from '../parts/controls.tsx'
import { Heading } from '../parts/heading.tsx'
import { Sentences } from '../parts/sentences.tsx'
import { SyncProgress, useSyncEnd } from '../parts/sync-progress.tsx'
import { besidesWarnings, Warnings } from '../parts/warnings.tsx'
import { count, minute } from '../show.ts'
import {
  accountFacts,
  accountName,
  closingSentence,
  gapWords,
  historyFacts,
  isKept,
  stateOf,
  toneOf,
  words,
} from '../words.ts'

/** Every account at a glance, what needs its owner first. */
export function Overview(_: PageProps) {
  const { data, error, refetch } = useData(questions.summary)
  useSyncEnd(data?.items)
  return (
    <>
      <Heading text={words.overview.title} />
      {error !== null && <Failure sentence={sentenceOf(error)} again={refetch} />}
      {data === undefined ? error === null && <Frame lines={6} /> : <Accounts items={data.items} />}
    </>
  )
}

function Accounts({ items }: { items: readonly Account[] }) {
  if (items.length === 0) return <NoAccounts />
  const total = items.reduce((sum, { rows }) => sum + rows, 0)
  return (
    <>
      <p class="lead">
        {words.overview.total(items.length, total)} <Go to="#/connect">{words.overview.another}</Go>
      </p>
      {[...items]
        .sort((a, b) => urgency(a) - urgency(b))
        .map((account) => (
          <Card key={account.connection.id} account={account} />
        ))}
    </>
  )
}

/** What needs its owner comes first; what needs nobody any more, last. */
function urgency(account: Account): number {
  const { connection, exchange, streams, sync } = account
  if (connection.status === 'attention' || sync?.warnings !== undefined) return 0
  if (isKept(account)) return 4
  if (exchange.state === 'closing') return 1
  return streams.some(({ gaps }) => gaps > 0) ? 2 : 3
}

function NoAccounts() {
  return (
    <section class="hero">
      <p class="lead">{words.overview.none}</p>
      <p>{words.overview.noneText}</p>
      <Go to="#/connect" isPrimary>
        {words.overview.connect}
      </Go>
      <p>
        <a href="#/files">{words.overview.orFile}</a>
      </p>
    </section>
  )
}

function Card({ account }: { account: Account }) {
  const { connection, exchange, rows, sync } = account
  const name = accountName(account)
  const state = stateOf(account)
  const gaps = connection.fromFiles ? undefined : gapWords(account)
  return (
    <article class={`card ${state.tone}`} aria-label={name}>
      <div class="card-head">
        <h2>
          <a href={`#/connections/${connection.id}`}>{name}</a>
          <small>{accountFacts(account)}</small>
        </h2>
        <Badge tone={state.tone}>{state.text}</Badge>
      </div>
      <Closing account={account} />
      {connection.reason !== undefined && connection.status === 'attention' && (
        <Notice tone="bad">
          <p>{connection.reason.sentence}</p>
          <Go to={`#/connections/${connection.id}/key`} isPrimary>
            {words.overview.replace}
          </Go>
        </Notice>
      )}
      <Warnings account={account} />
      {sync?.state === 'running' && <SyncProgress account={account} sync={sync} />}
      {sync?.state !== 'running' && rows > 0 && <Counts account={account} />}
      {gaps !== undefined && (
        <p>
          <a class="bad-text" href={`#/connections/${connection.id}`}>
            {gaps}
          </a>
        </p>
      )}
      <Sentences lines={besidesWarnings(account)} />
      <Sentences lines={account.files?.sentences ?? []} />
      <p class="soft">{historyFacts(account)}</p>
      <div class="actions">
        {!isKept(account) && <SyncButton account={account} />}
        <Go to={`#/connections/${connection.id}`}>{words.overview.open}</Go>
        <Go to={`#/transactions?connection=${encodeURIComponent(connection.id)}`}>{words.overview.rows}</Go>
        {isKept(account) && (
          <Go to={`#/exports?connection=${encodeURIComponent(connection.id)}`}>{words.overview.export}</Go>
        )}
        {connection.fromFiles && (
          <Go to={`#/files?connection=${encodeURIComponent(connection.id)}`}>{words.overview.addFile}</Go>
        )}
        {connection.status === 'disconnected' && exchange.state !== 'closed' && (
          <Go to={`#/connections/${connection.id}/key`}>
            {connection.fromFiles ? words.overview.firstKey : words.overview.reconnect}
          </Go>
        )}
      </div>
    </article>
  )
}

/** How many rows there are of what, and whether that is all; those included that no exchange serves. */
function Counts({ account: { connection, streams, files } }: { account: Account }) {
  const counted = connection.fromFiles
    ? []
    : streams.map(({ stream, title, rows, state }) => ({ stream, title, rows, state }))
  const others = (files?.streams ?? []).filter(({ stream }) => !counted.some((one) => one.stream === stream))
  return (
    <ul class="counts">
      {[...counted, ...others.map((one) => ({ ...one, state: undefined }))].map(
        ({ stream, title, rows, state }) => (
          <li key={stream}>
            {connection.completeness !== undefined && state !== undefined && (
              <Sign tone={toneOf(state)} says={words.completeness[state]} />
            )}
            <span>{title}</span> <span class="number">{count(rows)}</span>
          </li>
        ),
      )}
    </ul>
  )
}

/** That an exchange ends, how many days are left, and what to do; after it, what is kept. */
export function Closing({ account }: { account: Account }) {
  const { connection, exchange } = account
  const sentence = closingSentence(exchange, Date.now())
  if (sentence === undefined) return null
  return (
    <Notice tone={exchange.state === 'closed' ? 'soft' : 'doubt'}>
      <p>
        <strong>{sentence}</strong>
      </p>
      {exchange.state === 'closing' && connection.status === 'connected' && (
        <SyncButton account={account} whole={words.closing.everything} />
      )}
      <details>
        <summary>{words.closing.what}</summary>
        <Sentences
          lines={[
            ...exchange.closing.map(({ at, what }) => `${minute(at)} UTC: ${what}`),
            ...exchange.closingAdvice,
          ]}
        />
      </details>
    </Notice>
  )
}

/** Starts a sync; while one is under way there is nothing to start. `whole`: what it is called where all that is missing is asked for again. */
export function SyncButton({ account: { connection, sync }, whole }: { account: Account; whole?: string }) {
  const [problem, setProblem] = useState('')
  const [isAsked, setAsked] = useState(false)
  const isRunning = sync?.state === 'running'
  async function start() {
    setProblem('')
    setAsked(true)
    try {
      const path = `/v1/connections/${connection.id}/syncs`
      await ask(whole === undefined ? path : `${path}?recheck=true`, { method: 'POST' })
    } catch (error) {
      setProblem(sentenceOf(error))
    }
    // Refused or not, another page may know more by now.
    await questions.summary.again()
    setAsked(false)
  }
  return (
    <>
      <Button isOnce isOff={isRunning || isAsked} onClick={() => void start()}>
        {whole ?? (isRunning || isAsked ? words.sync.running : words.sync.now)}
      </Button>
      {problem !== '' && (
        <span class="bad-text" role="alert">
          {problem}
        </span>
      )}
    </>
  )
}
