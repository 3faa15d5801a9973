import { useEffect, useState } from 'preact/hooks'
import type { Account, ConnectionAnswer, Coverage } from '../answers.ts'
import type { PageProps } from '../app.tsx'
import { arrivalOf, haveRead } from '../arrivals.ts'
import { ask, sentenceOf } from '../ask.ts'
import { forgetAnswers, questions, useData } from '../data.ts'
import { fileQuestions } from '../file-data.ts'
import { Confirm, useChange } from '../parts/confirm.tsx'
import { Badge, Button, Failure, Frame, Go, Notice } from '../parts/controls.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FileList } from '../parts/file-list.tsx'
import { Heading } from '../parts/heading.tsx'
import { MissingAccount } from '../parts/missing-account.tsx'
import { Sentences } from '../parts/sentences.tsx'
import { SyncProgress, useSyncEnd } from '../parts/sync-progress.tsx'
import { Table } from '../parts/table.tsx'
import { TextField } from '../parts/text-field.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { Warnings } from '../parts/warnings.tsx'
import { go } from '../route.ts'
import { count, duration, minute } from '../show.ts'
import { isNothing } from '../timeline.ts'
import { connectionWords } from '../words/connection.ts'
import {
  accountFacts,
  accountName,
  historyFacts,
  isKept,
  stateOf,
  streamStates,
  syncState,
  toneOf,
  words,
} from '../words.ts'
import { Closing, SyncButton } from './overview.tsx'

/** One account: its state, what is covered, its streams, its syncs, its key. */
export function Connection({ route }: PageProps) {
  const id = route.path[1] ?? ''
  const { data, error, refetch } = useData(questions.summary)
  useSyncEnd(data?.items)
  const account = data?.items.find(({ connection }) => connection.id === id)
  if (account !== undefined) return <OneAccount account={account} />
  if (data !== undefined && error === null) return <MissingAccount />
  return (
    <>
      <Heading text={connectionWords.account} />
      {error === null ? <Frame lines={8} /> : <Failure sentence={sentenceOf(error)} again={refetch} />}
    </>
  )
}

function OneAccount({ account }: { account: Account }) {
  const { connection, sync } = account
  const state = stateOf(account)
  return (
    <>
      <div class="page-head">
        <div>
          <Heading text={accountName(account)} />
          <p class="soft">{accountFacts(account)}</p>
        </div>
        <Badge tone={state.tone}>{state.text}</Badge>
        <div class="actions">
          {!isKept(account) && <SyncButton account={account} />}
          <Go to={`#/transactions?connection=${encodeURIComponent(connection.id)}`}>{words.overview.rows}</Go>
          <Go to={`#/exports?connection=${encodeURIComponent(connection.id)}`}>{words.overview.export}</Go>
        </div>
      </div>
      <Arrived id={connection.id} />
      <Closing account={account} />
      <Warnings account={account} />
      {connection.status === 'attention' && connection.reason !== undefined && (
        <Notice tone="bad">
          <p>{connection.reason.sentence}</p>
          <Go to={`#/connections/${connection.id}/key`} isPrimary>
            {connectionWords.replace}
          </Go>
        </Notice>
      )}
      <p class="soft">{[historyFacts(account), ...notAsked(account)].join(' · ')}</p>
      {connection.paused && !isKept(account) && <Paused account={account} />}
      {sync?.state === 'running' && <SyncProgress account={account} sync={sync} />}
      <Covered account={account} />
      <AccountFiles account={account} />
      {!connection.fromFiles && <Syncs account={account} />}
      <Settings account={account} />
    </>
  )
}

/** That nobody asks, and why. */
function notAsked(account: Account): readonly string[] {
  if (account.connection.fromFiles) return [connectionWords.noKey]
  return isKept(account) ? [connectionWords.notAsked] : []
}

/** The statement files of the account, each with the way to take it back. */
function AccountFiles({ account: { connection } }: { account: Account }) {
  const { data, error, refetch } = useData(fileQuestions.ofAccount(connection.id))
  return (
    <section>
      <h2>{words.pages.files}</h2>
      {error !== null && <Failure sentence={sentenceOf(error)} again={refetch} />}
      {data === undefined ? error === null && <Frame lines={2} /> : <FileList items={data.items} />}
      <p class="actions">
        <Go to={`#/files?connection=${encodeURIComponent(connection.id)}`}>{words.overview.addFile}</Go>
      </p>
    </section>
  )
}

/** Said where it is seen, with the way out of it. */
function Paused({ account: { connection } }: { account: Account }) {
  const { problem, isBusy, change } = useChange(() => pause(connection.id, false))
  return (
    <Notice tone="doubt">
      <p>{connectionWords.pausedText}</p>
      {problem !== '' && <Failure sentence={problem} />}
      <Button isOff={isBusy} onClick={change}>
        {connectionWords.resume}
      </Button>
    </Notice>
  )
}

async function pause(id: string, paused: boolean): Promise<void> {
  await ask(`/v1/connections/${id}`, { method: 'PATCH', body: { paused } })
  await forgetAnswers()
}

/** Stays until it was read. */
function Arrived({ id }: { id: string }) {
  const [arrival, setArrival] = useState(() => arrivalOf(id))
  if (arrival === undefined) return null
  return (
    <Notice tone="good">
      <p>
        <strong>{arrival.isNew ? connectionWords.welcome : connectionWords.replaced}</strong>
      </p>
      <Sentences lines={arrival.warnings} />
      <Button
        onClick={() => {
          haveRead(id)
          setArrival(undefined)
        }}
      >
        {connectionWords.read}
      </Button>
    </Notice>
  )
}

/** How often what is known is drawn anew while a sync brings more. Milliseconds. */
const drawnEvery = 15_000

function Covered({ account }: { account: Account }) {
  const { id } = account.connection
  const coverage = useData(questions.coverage(id))
  const months = useData(questions.months(id))
  const [now] = useState(() => Date.now())
  const isRunning = account.sync?.state === 'running'
  useEffect(() => {
    if (!isRunning) return undefined
    const timer = setInterval(() => document.hidden || coverage.refetch(), drawnEvery)
    return () => clearInterval(timer)
  }, [isRunning, id])
  if (isRunning && coverage.data !== undefined && isNothing(coverage.data))
    return (
      <section>
        <h2>{connectionWords.coverage}</h2>
        <p class="soft">{connectionWords.toCome}</p>
      </section>
    )
  if (coverage.data === undefined)
    return coverage.error === null ? (
      <Frame lines={6} />
    ) : (
      <Failure sentence={sentenceOf(coverage.error)} again={coverage.refetch} />
    )
  return (
    <>
      <Timeline account={account} coverage={coverage.data} months={months.data?.items ?? []} now={now} />
      {/* Without a key nobody can be asked: its files and their rows are all that there is to tell. */}
      {!account.connection.fromFiles && <Streams account={account} coverage={coverage.data} />}
    </>
  )
}

function Streams({ account, coverage }: { account: Account; coverage: Coverage }) {
  return (
    <section>
      <h2>{connectionWords.streams}</h2>
      <div class="streams">
        {coverage.items.map(({ stream, title, state, sentences, each = [] }) => {
          const going = goingOn(account, stream)
          return (
            <article key={stream}>
              <h3>
                {title}{' '}
                <Badge tone={going === undefined ? toneOf(state) : 'soft'}>
                  {going ?? words.completeness[state]}
                </Badge>{' '}
                <span class="soft">
                  {words.rows(account.streams.find((one) => one.stream === stream)?.rows ?? 0)}
                </span>
              </h3>
              <details open={state === 'incomplete' && going === undefined}>
                <summary>{connectionWords.known(sentences.length)}</summary>
                <Sentences lines={sentences} />
                {each.length > 0 && (
                  <details>
                    <summary>{connectionWords.each(each.length)}</summary>
                    <Sentences lines={each} />
                  </details>
                )}
              </details>
            </article>
          )
        })}
      </div>
      <details>
        <summary>{connectionWords.absent}</summary>
        <Sentences lines={coverage.absent} />
      </details>
    </section>
  )
}

/** How far the first sync is with a stream: what it has not come to is not missing. */
function goingOn({ connection, sync }: Account, stream: string): string | undefined {
  if (sync?.state !== 'running' || connection.completeness !== undefined) return undefined
  const state = sync.streams.find((one) => one.stream === stream)?.state
  return state === 'waiting' || state === 'running' ? streamStates[state] : undefined
}

function Syncs({ account: { connection, sync } }: { account: Account }) {
  const { id } = connection
  const { data, error, refetch } = useData(questions.syncs(id))
  return (
    <section>
      <h2>{connectionWords.syncs}</h2>
      {error !== null && <Failure sentence={sentenceOf(error)} again={refetch} />}
      {data === undefined ? (
        error === null && <Frame lines={3} />
      ) : data.items.length === 0 ? (
        <p>{connectionWords.noSyncs}</p>
      ) : (
        <Table label={connectionWords.syncs} columns={connectionWords.syncColumns} numbersFrom={3}>
          <tbody>
            {data.items
              .slice(0, 10)
              .map((listed) => (listed.id === sync?.id ? sync : listed))
              .map((run) => (
                <tr key={run.id}>
                  <th scope="row">{minute(run.startedAt)}</th>
                  <td>
                    {run.finishedAt === undefined
                      ? '–'
                      : took(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}
                  </td>
                  <td>
                    {syncState(run.state)}
                    {run.failure !== undefined && `: ${run.failure.sentence}`}
                  </td>
                  <td class="number">{count(run.streams.reduce((sum, stream) => sum + stream.new, 0))}</td>
                  <td class="number">
                    {count(run.streams.reduce((sum, stream) => sum + stream.changed, 0))}
                  </td>
                  <td class="number">{count(run.requests)}</td>
                </tr>
              ))}
          </tbody>
        </Table>
      )}
    </section>
  )
}

const took = (ms: number) => (ms < 1_000 ? connectionWords.moment : duration(Math.round(ms / 1_000) * 1_000))

type Open = 'name' | 'pause' | 'disconnect' | 'delete' | undefined

function Settings({ account }: { account: Account }) {
  const { connection, exchange } = account
  const [open, setOpen] = useState<Open>(undefined)
  const close = () => setOpen(undefined)
  const isDisconnected = connection.status === 'disconnected'
  return (
    <section>
      <h2>{connectionWords.settings}</h2>
      <div class="actions">
        <Button onClick={() => setOpen('name')}>{connectionWords.rename}</Button>
        {exchange.state !== 'closed' && (
          <Go to={`#/connections/${connection.id}/key`}>
            {connection.fromFiles
              ? words.overview.firstKey
              : isDisconnected
                ? words.overview.reconnect
                : connectionWords.replace}
          </Go>
        )}
        {!isDisconnected && exchange.state !== 'closed' && (
          <SyncButton account={account} whole={connectionWords.recheck} />
        )}
        {!isDisconnected && exchange.state !== 'closed' && !connection.paused && (
          <Button onClick={() => setOpen('pause')}>{connectionWords.pause}</Button>
        )}
        {!isDisconnected && (
          <Button isDangerous onClick={() => setOpen('disconnect')}>
            {connectionWords.disconnect}
          </Button>
        )}
        <Button isDangerous onClick={() => setOpen('delete')}>
          {connection.fromFiles ? connectionWords.deleteFiles : connectionWords.delete}
        </Button>
      </div>
      {open === 'name' && <Rename account={account} close={close} />}
      {open === 'pause' && <Pause account={account} close={close} />}
      {open === 'disconnect' && <Disconnect account={account} close={close} />}
      {open === 'delete' && <Delete account={account} close={close} />}
    </section>
  )
}

/** A page shows white space of any length as one blank. */
const asShown = (name: string) => name.trim().replaceAll(/\s+/g, ' ')

type DialogProps = { readonly account: Account; readonly close: () => void }

function Rename({ account: { connection }, close }: DialogProps) {
  const [name, setName] = useState(connection.label ?? '')
  const [since, setSince] = useState(connection.accountSince?.slice(0, 10) ?? '')
  const [refuted, setRefuted] = useState(connection.accountSinceRefuted?.sentence)
  const { problem, isBusy, change } = useChange(async () => {
    const changed = await ask<ConnectionAnswer>(`/v1/connections/${connection.id}`, {
      method: 'PATCH',
      body: { label: name.trim() === '' ? null : name.trim(), accountSince: since === '' ? null : since },
    })
    await forgetAnswers()
    const sentence = changed.accountSinceRefuted?.sentence
    // What does not count is said where it was entered; who saves it again has read it.
    if (sentence === undefined || sentence === refuted) close()
    else setRefuted(sentence)
  })
  return (
    <Dialog title={connectionWords.renameTitle} close={close}>
      <form method="post" onSubmit={change}>
        <TextField
          id="label"
          label={connectionWords.name}
          hint={connectionWords.nameHint}
          value={name}
          isOff={isBusy}
          onInput={setName}
        />
        <div class="field">
          <label for="since">{connectionWords.since}</label>
          <input
            id="since"
            type="date"
            value={since}
            aria-describedby="since-hint"
            onInput={({ currentTarget }) => setSince(currentTarget.value)}
          />
          <p id="since-hint" class="hint">
            {connectionWords.sinceHint}
          </p>
          {refuted !== undefined && (
            <p class="wrong" role="alert">
              {refuted}
            </p>
          )}
        </div>
        {problem !== '' && <Failure sentence={problem} />}
        <Button type="submit" isPrimary isOff={isBusy}>
          {connectionWords.save}
        </Button>
      </form>
    </Dialog>
  )
}

function Pause({ account: { connection }, close }: DialogProps) {
  return (
    <Confirm
      title={connectionWords.pause}
      text={connectionWords.pauseText}
      verb={connectionWords.pause}
      does={() => pause(connection.id, true)}
      close={close}
    />
  )
}

function Disconnect({ account: { connection }, close }: DialogProps) {
  return (
    <Confirm
      title={connectionWords.disconnectTitle}
      text={connectionWords.disconnectText}
      verb={connectionWords.disconnect}
      isDangerous
      does={async () => {
        await ask(`/v1/connections/${connection.id}`, { method: 'DELETE' })
        await forgetAnswers()
      }}
      close={close}
    />
  )
}

function Delete({ account, close }: DialogProps) {
  const name = accountName(account)
  const [typed, setTyped] = useState('')
  const { problem, isBusy, change } = useChange(async () => {
    await ask(`/v1/connections/${account.connection.id}?history=delete`, { method: 'DELETE' })
    go('#/')
    await forgetAnswers()
  })
  const { fromFiles } = account.connection
  const title = fromFiles ? connectionWords.deleteFiles : connectionWords.delete
  return (
    <Dialog title={title} close={close}>
      <form method="post" onSubmit={change}>
        <p>{fromFiles ? connectionWords.deleteFilesText : connectionWords.deleteText}</p>
        <div class="field">
          <label for="typed">{connectionWords.typeToDelete(name)}</label>
          <input
            id="typed"
            type="text"
            autocomplete="off"
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </div>
        {problem !== '' && <Failure sentence={problem} />}
        <Button type="submit" isDangerous isOff={isBusy || asShown(typed) !== asShown(name)}>
          {title}
        </Button>
      </form>
    </Dialog>
  )
}
