import { useEffect, useRef, useState } from 'preact/hooks'
import type { Account, Connected, CredentialField, Exchange, Problem } from '../answers.ts'
import type { PageProps } from '../app.tsx'
import { arrive } from '../arrivals.ts'
import { ask, sentenceOf } from '../ask.ts'
import { forgetAnswers, questions, useData } from '../data.ts'
import {
  cleaned,
  decisionOf,
  type FieldWords,
  nothingTyped,
  problemsOf,
  refusedFields,
  warningsOf,
} from '../key-form.ts'
import { Badge, Button, Failure, Frame, Go, Notice } from '../parts/controls.tsx'
import { Copy } from '../parts/copy.tsx'
import { Heading } from '../parts/heading.tsx'
import { MissingAccount } from '../parts/missing-account.tsx'
import { useNarrow } from '../parts/narrow.ts'
import { SecretField } from '../parts/secret-field.tsx'
import { Sentences } from '../parts/sentences.tsx'
import { TextField } from '../parts/text-field.tsx'
import { Refusal } from '../refusal.ts'
import { go } from '../route.ts'
import { minute } from '../show.ts'
import { connectWords } from '../words/connect.ts'
import { accountName, closingSentence, words } from '../words.ts'

const texts = connectWords

/** Chooses an exchange, shows how to make a key for it, and takes the key; or replaces the key of a connection. */
export function Connect({ route: { path } }: PageProps) {
  const exchanges = useData(questions.exchanges)
  const replacing = path[0] === 'connections' ? path[1] : undefined
  const summary = useData(replacing === undefined ? undefined : questions.summary)
  const error = exchanges.error ?? summary.error
  // What is there stays usable, and what is typed stays typed, while nobody answers.
  if (exchanges.data === undefined || (replacing !== undefined && summary.data === undefined))
    return (
      <>
        <Heading text={replacing === undefined ? texts.title : texts.replace} />
        {error === null ? (
          <Frame lines={8} />
        ) : (
          <Failure
            sentence={sentenceOf(error)}
            again={() => {
              exchanges.refetch()
              summary.refetch()
            }}
          />
        )}
      </>
    )
  const { items } = exchanges.data
  const account = summary.data?.items.find(({ connection }) => connection.id === replacing)
  if (replacing !== undefined && account === undefined) return <MissingAccount />
  const id = account?.connection.exchange ?? path[1]
  const exchange = items.find((one) => one.id === id)
  if (exchange === undefined) return <Choice items={items} isUnknown={id !== undefined} />
  return <KeyPage exchange={exchange} account={account} />
}

function Choice({ items, isUnknown }: { items: readonly Exchange[]; isUnknown: boolean }) {
  return (
    <>
      <Heading text={texts.title} />
      <p>{isUnknown ? texts.unknown : texts.choose}</p>
      <ul class="choices">
        {items.map((exchange) => {
          const end = exchange.closing.find(({ ends }) => ends === 'everything')
          const kinds = [...new Set(exchange.streams.map(({ stream }) => texts.kinds[stream]))]
          return (
            <li key={exchange.id}>
              <a href={`#/connect/${exchange.id}`}>
                <strong>{exchange.name}</strong>
                {exchange.state !== 'open' && (
                  <span>
                    <Badge tone={exchange.state === 'closed' ? 'bad' : 'doubt'}>
                      {texts.states[exchange.state]}
                    </Badge>{' '}
                    {exchange.state === 'closing' && end !== undefined && texts.ends(end.at)}
                  </span>
                )}
                <span class="soft">{texts.streams(kinds)}</span>
              </a>
            </li>
          )
        })}
      </ul>
    </>
  )
}

function KeyPage({ exchange, account }: { exchange: Exchange; account?: Account | undefined }) {
  const isNarrow = useNarrow()
  const [step, setStep] = useState(0)
  const [refused, setRefused] = useState<Problem | undefined>(undefined)
  const { keyGuide } = exchange
  // The last step of each guide is to enter the key, which is what the form is for.
  const guide = keyGuide.filter(({ id }) => id !== 'enter')
  const isForm = step >= guide.length
  const name = account === undefined ? exchange.name : accountName(account)
  const refusedAt = guide.findIndex(({ id }) => id === refused?.step)
  useEffect(() => {
    if (refusedAt < 0) return
    if (isNarrow) setStep(refusedAt)
    requestAnimationFrame(() => document.getElementById('refused-step')?.focus())
  }, [refused])
  /** The button that leads to the form is gone by then. */
  const move = (to: number) => {
    setStep(to)
    if (to >= guide.length) requestAnimationFrame(() => document.getElementById('form')?.focus())
  }
  const tellRefused =
    refused !== undefined && refusedAt >= 0 ? (refused.sentence ?? refused.detail) : undefined
  return (
    <>
      <Heading text={titleOf(name, account)} />
      {account !== undefined && (
        <p>{account.connection.fromFiles ? texts.firstKeyGuide : texts.replaceGuide}</p>
      )}
      <ClosingFirst exchange={exchange} />
      <div class="two">
        <section aria-labelledby="guide">
          <h2 id="guide">{texts.guide}</h2>
          {isNarrow && !isForm && <p class="soft">{texts.step(step + 1, guide.length + 1)}</p>}
          <ol class="guide">
            {guide.map(({ id, text }, place) => {
              const isRefused = place === refusedAt
              return (
                <li
                  key={id}
                  hidden={isNarrow && place !== step}
                  class={isRefused ? 'refused' : ''}
                  id={isRefused ? 'refused-step' : undefined}
                  tabIndex={isRefused ? -1 : undefined}
                  data-step={id}
                  data-number={place + 1}
                >
                  {isRefused && <p class="bad-text">{tellRefused}</p>}
                  <p>{text}</p>
                  {id === 'open' && exchange.keyPage !== undefined && (
                    <p>
                      <a href={exchange.keyPage} target="_blank" rel="noopener noreferrer">
                        {texts.keyPage(exchange.name)}
                      </a>
                    </p>
                  )}
                  {id === 'addresses' && <Addresses exchange={exchange} />}
                </li>
              )
            })}
          </ol>
          {isNarrow && (
            <div class="actions">
              {step > 0 && <Button onClick={() => setStep(step - 1)}>{texts.back}</Button>}
              {!isForm && (
                <>
                  <Button isPrimary onClick={() => move(step + 1)}>
                    {texts.next}
                  </Button>
                  {/* Whoever has a key already is not led through all of its steps. */}
                  {step + 1 < guide.length && (
                    <Button onClick={() => move(guide.length)}>{texts.form}</Button>
                  )}
                </>
              )}
            </div>
          )}
        </section>
        <section class="panel-box" aria-labelledby="form" hidden={isNarrow && !isForm}>
          <h2 id="form" tabIndex={-1}>
            {texts.form}
          </h2>
          {isNarrow && <p class="soft">{texts.step(guide.length + 1, guide.length + 1)}</p>}
          <KeyForm
            exchange={exchange}
            account={account}
            refuse={setRefused}
            isTold={tellRefused !== undefined}
          />
        </section>
      </div>
    </>
  )
}

function titleOf(name: string, account: Account | undefined): string {
  if (account === undefined) return texts.titleOf(name)
  return account.connection.fromFiles ? texts.firstKeyTitle(name) : texts.replaceTitle(name)
}

/** What still works, before anybody types. */
function ClosingFirst({ exchange }: { exchange: Exchange }) {
  if (exchange.state === 'open') return null
  return (
    <Notice tone={exchange.state === 'closed' ? 'bad' : 'doubt'}>
      <p>
        <strong>{closingSentence(exchange, Date.now())}</strong>
      </p>
      <Sentences lines={exchange.closingAdvice} />
      <details>
        <summary>{texts.dates}</summary>
        <Sentences lines={exchange.closing.map(({ at, what }) => `${minute(at)} UTC: ${what}`)} />
      </details>
    </Notice>
  )
}

function Addresses({ exchange: { addresses } }: { exchange: Exchange }) {
  if (addresses.items.length === 0) return <p class="soft">{texts.noAddresses}</p>
  return (
    <>
      <p>{texts.addresses}</p>
      <ul class="addresses">
        {addresses.items.map((address) => (
          <li key={address}>
            <code>{address}</code> <Copy text={address} of={address} />
          </li>
        ))}
      </ul>
      {addresses.items.length > 1 && (
        <p>
          <Copy text={addresses.items.join(addresses.separator)} label={texts.copyAll} />
        </p>
      )}
    </>
  )
}

type FormProps = {
  readonly exchange: Exchange
  readonly account?: Account | undefined
  /** Tells the guide that a step of it was refused. */
  readonly refuse: (problem: Problem | undefined) => void
  readonly isTold: boolean
}

/** Milliseconds after which a key that nobody has sent is forgotten. */
const patience = 600_000

function KeyForm({ exchange, account, refuse, isTold }: FormProps) {
  const [typed, setTyped] = useState(nothingTyped)
  const [trimmed, setTrimmed] = useState<ReadonlySet<string>>(new Set())
  const [label, setLabel] = useState('')
  const [subaccount, setSubaccount] = useState('')
  const [wrong, setWrong] = useState<FieldWords>({})
  const [problem, setProblem] = useState<Problem | undefined>(undefined)
  const [failure, setFailure] = useState('')
  const [isDecided, setDecided] = useState(false)
  const [wait, setWait] = useState(0)
  const asking = useRef<AbortController | undefined>(undefined)
  const [isAsking, setAsking] = useState(false)
  const { credentials } = exchange
  const warnings = warningsOf(credentials, typed, trimmed)
  const decision = problem === undefined ? undefined : decisionOf(problem, account !== undefined)

  // Whoever leaves takes nothing along: what was typed lives in this form only, and not for ever.
  useEffect(() => () => asking.current?.abort(), [])
  useEffect(() => {
    if (typed === nothingTyped || isAsking) return
    const timer = setTimeout(() => {
      setTyped(nothingTyped)
      setFailure(texts.emptied)
    }, patience)
    return () => clearTimeout(timer)
  }, [typed, isAsking])
  useEffect(() => {
    if (wait <= 0) return
    const timer = setTimeout(() => setWait(wait - 1), 1_000)
    return () => clearTimeout(timer)
  }, [wait])

  function type(name: CredentialField['name'], text: string) {
    const value = cleaned(name, text)
    setTyped({ ...typed, [name]: value })
    if (value !== text) setTrimmed(new Set([...trimmed, name]))
    setWrong({ ...wrong, [name]: undefined })
    setProblem(undefined)
  }

  function show(found: FieldWords) {
    setWrong(found)
    const [first] = Object.keys(found)
    if (first !== undefined) requestAnimationFrame(() => document.getElementById(`field-${first}`)?.focus())
  }

  async function send(event: Event) {
    event.preventDefault()
    if (isAsking) return
    setFailure('')
    refuse(undefined)
    const missing = problemsOf(credentials, typed)
    if (Object.keys(missing).length > 0) return show(missing)
    setWrong({})
    const body = {
      ...Object.fromEntries(credentials.map(({ name }) => [name, typed[name]])),
      ...(account === undefined && {
        exchange: exchange.id,
        ...(label.trim() !== '' && { label: label.trim() }),
        ...(subaccount.trim() !== '' && { subaccount: subaccount.trim() }),
      }),
      ...(isDecided && decision?.send),
    }
    const stop = new AbortController()
    asking.current = stop
    setAsking(true)
    try {
      const connected =
        account === undefined
          ? await ask<Connected>('/v1/connections', { method: 'POST', body, signal: stop.signal })
          : await ask<Connected>(`/v1/connections/${account.connection.id}/credentials`, {
              method: 'PUT',
              body,
              signal: stop.signal,
            })
      setTyped(nothingTyped)
      arrive(connected.id, {
        isNew: account === undefined || account.connection.fromFiles === true,
        warnings: [...connected.warnings, ...connected.closingAdvice],
      })
      await forgetAnswers()
      go(`#/connections/${connected.id}`)
    } catch (error) {
      // Whoever stops waiting stops nothing at the importer: the key may be taken all the same.
      if (stop.signal.aborted) return forgetAnswersLater()
      tell(error)
    } finally {
      setAsking(false)
    }
  }

  function tell(error: unknown) {
    setDecided(false)
    if (!(error instanceof Refusal)) return setFailure(sentenceOf(error))
    setProblem(error.problem)
    setWait(error.retryAfter ?? 0)
    refuse(error.problem)
    show(refusedFields(exchange, error.problem))
  }

  const hasFields = problem?.errors !== undefined && problem.errors.length > 0
  return (
    <form method="post" onSubmit={(event) => void send(event)} noValidate>
      {credentials.map((field) => (
        <SecretField
          key={field.name}
          field={field}
          value={typed[field.name]}
          isOff={isAsking}
          problem={wrong[field.name]}
          warning={warnings[field.name]}
          onInput={(text) => type(field.name, text)}
        />
      ))}
      {account === undefined && (
        <details>
          <summary>{texts.more}</summary>
          <TextField
            id="field-label"
            label={texts.label}
            hint={texts.labelHint}
            value={label}
            isOff={isAsking}
            problem={wrong.label}
            onInput={setLabel}
          />
          <TextField
            id="field-subaccount"
            label={texts.subaccount}
            hint={texts.subaccountHint}
            value={subaccount}
            isOff={isAsking}
            problem={wrong.subaccount}
            onInput={setSubaccount}
          />
        </details>
      )}
      {failure !== '' && <Failure sentence={failure} />}
      {problem !== undefined && !hasFields && (
        <Notice tone="bad" isAlert>
          {/* The step that it is about says it as well, beside the guide. */}
          <p>{problem.sentence ?? problem.detail}</p>
          {isTold && problem.code === 'key-too-strong' && <p>{texts.undo}</p>}
          {problem.connection !== undefined && problem.code !== 'busy' && account === undefined && (
            <p class="actions">
              <Go to={`#/connections/${problem.connection}`}>{texts.existing}</Go>
              <Go to={`#/connections/${problem.connection}/key`}>{texts.replaceInstead}</Go>
            </p>
          )}
          {decision !== undefined && (
            <label class="check">
              <input
                type="checkbox"
                checked={isDecided}
                onChange={({ currentTarget }) => setDecided(currentTarget.checked)}
              />
              <span>{decision.label}</span>
            </label>
          )}
          {wait > 0 && <p>{texts.retryIn(wait)}</p>}
        </Notice>
      )}
      <div class="actions submit">
        <Button type="submit" isPrimary isOff={isAsking || wait > 0}>
          {account === undefined || account.connection.fromFiles ? texts.submit : texts.replace}
        </Button>
        {isAsking && (
          <Button
            onClick={() => {
              asking.current?.abort()
              setFailure(texts.cancelled)
            }}
          >
            {words.cancel}
          </Button>
        )}
      </div>
      <p role="status" class="soft">
        {isAsking ? texts.asked(exchange.name) : ''}
      </p>
      <p class="soft small">{texts.custody}</p>
    </form>
  )
}

/** Something may be changed yet by what nobody here waits for any more. */
function forgetAnswersLater(): void {
  for (const wait of [1_000, 5_000, 20_000]) setTimeout(() => void forgetAnswers(), wait)
}
