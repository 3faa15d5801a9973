import { useState } from 'preact/hooks'
import type { Account } from '../answers.ts'
import type { PageProps } from '../app.tsx'
import { ask, sentenceOf } from '../ask.ts'
import { client, queries, useData } from '../data.ts'
import { Badge, Button, Failure, Frame, Go, Notice, Sign } from '../parts/controls.tsx'
import { Heading } from '../parts/heading.tsx'
import { Sentences } from '../parts/sentences.tsx'
import { SyncProgress, useSyncEnd } from '../parts/sync-progress.tsx'
import { besidesWarnings, Warnings } from '../parts/warnings.tsx'
import { count, minute } from '../show.ts'
import { accountName, closingSentence, gapWords, nextSync, stateOf, toneOf, words } from '../words.ts'

/** Every account at a glance, what needs its owner first. */
export function Overview(_: PageProps) {
  const { data, error, refetch } = useData(queries.summary())
  useSyncEnd(data?.items)
  return (
    <>
      <Heading text={words.overview.title} />
      {error !== null && <Failure sentence={sentenceOf(error)} again={() => void refetch()} />}
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
function urgency({ connection, exchange, streams, sync }: Account): number {
  if (connection.status === 'attention' || sync?.warnings !== undefined) return 0
  if (connection.status === 'disconnected' || exchange.state === 'closed') return 4
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
    </section>
  )
}

function Card({ account }: { account: Account }) {
  const { connection, exchange, rows, streams, sync } = account
  const name = accountName(account)
  const state = stateOf(account)
  const gaps = gapWords(account)
  const isKept = connection.status === 'disconnected' || exchange.state === 'closed'
  return (
    <article class={`card ${state.tone}`} aria-label={name}>
      <div class="card-head">
        <h2>
          <a href={`#/connections/${connection.id}`}>{name}</a>
          <small>
            {[
              exchange.name === name ? undefined : exchange.name,
              connection.subaccount === undefined || connection.subaccount === name
                ? undefined
                : words.connection.subaccount(connection.subaccount),
              words.connection.key(connection.keyHint),
            ]
              .filter((part) => part !== undefined)
              .join(' · ')}
          </small>
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
      {sync?.state !== 'running' && rows > 0 && (
        <ul class="counts">
          {streams.map((stream) => (
            <li key={stream.stream}>
              {connection.completeness !== undefined && (
                <Sign tone={toneOf(stream.state)} says={words.completeness[stream.state]} />
              )}
              <span>{stream.title}</span> <span class="number">{count(stream.rows)}</span>
            </li>
          ))}
        </ul>
      )}
      {gaps !== undefined && (
        <p>
          <a class="bad-text" href={`#/connections/${connection.id}`}>
            {gaps}
          </a>
        </p>
      )}
      <Sentences lines={besidesWarnings(account)} />
      <p class="soft">
        {[
          words.rows(rows),
          sync === undefined || sync.state === 'running'
            ? undefined
            : words.sync.last(sync.finishedAt ?? sync.startedAt, sync),
          isKept ? undefined : nextSync(connection),
        ]
          .filter((part) => part !== undefined)
          .join(' · ')}
      </p>
      <div class="actions">
        {!isKept && <SyncButton account={account} />}
        <Go to={`#/connections/${connection.id}`}>{words.overview.open}</Go>
        <Go to={`#/transactions?connection=${encodeURIComponent(connection.id)}`}>{words.overview.rows}</Go>
        {isKept && (
          <Go to={`#/exports?connection=${encodeURIComponent(connection.id)}`}>{words.overview.export}</Go>
        )}
        {connection.status === 'disconnected' && exchange.state !== 'closed' && (
          <Go to={`#/connections/${connection.id}/key`}>{words.overview.reconnect}</Go>
        )}
      </div>
    </article>
  )
}

/** That an exchange ends, how many days are left, and what to do; after it, what is kept. */
export function Closing({ account: { exchange } }: { account: Account }) {
  const sentence = closingSentence(exchange, Date.now())
  if (sentence === undefined) return null
  return (
    <Notice tone={exchange.state === 'closed' ? 'soft' : 'doubt'}>
      <p>
        <strong>{sentence}</strong>
      </p>
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

/** Starts a sync; while one is under way there is nothing to start. */
export function SyncButton({ account: { connection, sync } }: { account: Account }) {
  const [problem, setProblem] = useState('')
  const [isAsked, setAsked] = useState(false)
  const isRunning = sync?.state === 'running'
  async function start() {
    setProblem('')
    setAsked(true)
    try {
      await ask(`/v1/connections/${connection.id}/syncs`, { method: 'POST' })
      await client.invalidateQueries({ queryKey: ['summary'] })
    } catch (error) {
      setProblem(sentenceOf(error))
    } finally {
      setAsked(false)
    }
  }
  return (
    <>
      <Button isOff={isRunning || isAsked} onClick={() => void start()}>
        {isRunning || isAsked ? words.sync.running : words.sync.now}
      </Button>
      {problem !== '' && (
        <span class="bad-text" role="alert">
          {problem}
        </span>
      )}
    </>
  )
}
