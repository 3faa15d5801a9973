import { useState } from 'preact/hooks'
import type { Account, Exchange, Import } from '../answers.ts'
import type { PageProps } from '../app.tsx'
import { sentenceOf } from '../ask.ts'
import { client, queries, useData } from '../data.ts'
import { fileQueries } from '../file-data.ts'
import { Badge, Failure, Frame, Go, Notice } from '../parts/controls.tsx'
import { FilePick } from '../parts/file-pick.tsx'
import { Heading } from '../parts/heading.tsx'
import { go } from '../route.ts'
import { type ChosenFile, readChosen, UnusableFile, upload, type Whose } from '../upload.ts'
import { fileTones, fileWords } from '../words/files.ts'
import { accountName, words } from '../words.ts'
import { StatementFile } from './file.tsx'

const texts = fileWords

/** All of them, or the one that is named. */
export function Files({ route }: PageProps) {
  const [, id] = route.path
  return id === undefined ? <AllFiles query={route.query} /> : <StatementFile id={id} />
}

/** Which files help, adding one, and those that were added. */
function AllFiles({ query }: { query: URLSearchParams }) {
  const imports = useData(fileQueries.imports())
  const summary = useData(queries.summary())
  const exchanges = useData(queries.exchanges())
  const error = imports.error ?? summary.error ?? exchanges.error
  const isThere = imports.data !== undefined && summary.data !== undefined && exchanges.data !== undefined
  return (
    <>
      <Heading text={texts.title} />
      <p class="lead-text">{texts.lead}</p>
      {error !== null && (
        <Failure
          sentence={sentenceOf(error)}
          again={() => void Promise.all([imports.refetch(), summary.refetch(), exchanges.refetch()])}
        />
      )}
      {isThere ? (
        <div class="formats">
          <AddFile
            accounts={summary.data.items}
            exchanges={exchanges.data.items}
            known={imports.data.items}
            chosen={query.get('connection') ?? ''}
          />
          <Past items={imports.data.items} accounts={summary.data.items} />
        </div>
      ) : (
        error === null && <Frame lines={8} />
      )}
    </>
  )
}

type AddProps = {
  readonly accounts: readonly Account[]
  readonly exchanges: readonly Exchange[]
  readonly known: readonly Import[]
  readonly chosen: string
}

/** What stands before the id of an exchange in the choice of accounts: one without a key. */
const withoutKey = 'exchange:'

function AddFile({ accounts, exchanges, known, chosen }: AddProps) {
  const first = accounts[0]?.connection.id ?? `${withoutKey}${exchanges[0]?.id ?? ''}`
  const [account, setAccount] = useState(chosen === '' ? first : chosen)
  const [label, setLabel] = useState('')
  const [stage, setStage] = useState<'idle' | 'hashing' | 'sending'>('idle')
  const [failure, setFailure] = useState('')
  const [file, setFile] = useState<ChosenFile | undefined>(undefined)
  const whose = whoseOf(account, label)
  const before =
    file === undefined
      ? undefined
      : known.find(
          ({ sha256, connection }) =>
            sha256 === file.sha256 && 'connection' in whose && connection === whose.connection,
        )

  async function take(picked: File) {
    setFailure('')
    setStage('hashing')
    try {
      const read = await readChosen(picked)
      setFile(read)
      const same = known.find(
        ({ sha256, connection, state }) =>
          sha256 === read.sha256 &&
          state !== 'awaited' &&
          'connection' in whose &&
          connection === whose.connection,
      )
      if (same !== undefined) return
      setStage('sending')
      const { id } = await upload(whose, read)
      await client.invalidateQueries({ queryKey: ['imports'] })
      go(`#/files/${id}`)
    } catch (error) {
      setFailure(error instanceof UnusableFile ? error.message : sentenceOf(error))
    } finally {
      setStage('idle')
    }
  }

  return (
    <section aria-labelledby="add">
      <h2 id="add">{texts.add}</h2>
      <div class="field">
        <label for="account">{texts.account}</label>
        <select
          id="account"
          value={account}
          onChange={({ currentTarget }) => setAccount(currentTarget.value)}
        >
          {accounts.map((one) => (
            <option key={one.connection.id} value={one.connection.id}>
              {accountName(one)}
              {accountName(one) === one.exchange.name ? '' : ` · ${one.exchange.name}`}
            </option>
          ))}
          {exchanges.map(({ id, name }) => (
            <option key={id} value={withoutKey + id}>
              {texts.noKey(name)}
            </option>
          ))}
        </select>
      </div>
      {account.startsWith(withoutKey) && (
        <div class="field">
          <label for="label">{texts.label}</label>
          <input
            id="label"
            type="text"
            maxLength={100}
            autocomplete="off"
            value={label}
            aria-describedby="label-hint"
            onInput={({ currentTarget }) => setLabel(currentTarget.value)}
          />
          <p id="label-hint" class="hint">
            {texts.labelHint}
          </p>
        </div>
      )}
      <FilePick isOff={stage !== 'idle'} take={(picked) => void take(picked)} />
      {stage !== 'idle' && (
        <p class="soft" role="status">
          {stage === 'hashing' ? texts.hashing : texts.doing.sending}
        </p>
      )}
      {before !== undefined && stage === 'idle' && (
        <Notice tone="soft" isAlert>
          <p>{texts.known(before.addedAt)}</p>
          <Go to={`#/files/${before.id}`} isPrimary>
            {texts.openIt}
          </Go>
        </Notice>
      )}
      {failure !== '' && <Failure sentence={failure} />}
      <details open={known.length === 0}>
        <summary>{texts.helps}</summary>
        <ul class="sentences">
          {texts.helpText.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </section>
  )
}

function whoseOf(account: string, label: string): Whose {
  if (!account.startsWith(withoutKey)) return { connection: account }
  const name = label.trim()
  return { exchange: account.slice(withoutKey.length), ...(name !== '' && { label: name }) }
}

function Past({ items, accounts }: { items: readonly Import[]; accounts: readonly Account[] }) {
  return (
    <section aria-labelledby="past">
      <h2 id="past">{texts.past}</h2>
      {items.length === 0 ? (
        <p class="soft">{texts.none}</p>
      ) : (
        <ul class="past">
          {items.map((one) => {
            const of = accounts.find(({ connection }) => connection.id === one.connection)
            const isOpen = one.state === 'awaited' || one.state === 'here'
            return (
              <li key={one.id} data-file={one.id} data-state={one.state}>
                <div class="card-head">
                  <h3 class="file-name">
                    <a href={`#/files/${one.id}`}>{one.name}</a>
                  </h3>
                  <Badge tone={fileTones[one.state]}>{texts.states[one.state]}</Badge>
                </div>
                <p class="soft">
                  {[
                    of === undefined ? undefined : accountName(of),
                    texts.size(one.bytes),
                    one.stored === undefined ? texts.added(one.addedAt) : texts.stored(one.stored.at),
                  ]
                    .filter((part) => part !== undefined)
                    .join(' · ')}
                </p>
                {isOpen && (
                  <div class="actions">
                    <Go to={`#/files/${one.id}`}>{texts.goOn}</Go>
                  </div>
                )}
              </li>
            )
          })}
        </ul>
      )}
      {items.length > 0 && accounts.length > 0 && (
        <p>
          <a href="#/transactions">{words.pages.transactions}</a>
        </p>
      )}
    </section>
  )
}
