import { useEffect, useRef, useState } from 'preact/hooks'
import { accountChoices } from '../account-choices.ts'
import type { Account, Exchange, Import } from '../answers.ts'
import type { PageProps } from '../app.tsx'
import { sentenceOf } from '../ask.ts'
import { questions, useData } from '../data.ts'
import { fileQuestions } from '../file-data.ts'
import { ChoiceField } from '../parts/choice.tsx'
import { Failure, Frame, Go, Notice } from '../parts/controls.tsx'
import { FileList } from '../parts/file-list.tsx'
import { FilePick } from '../parts/file-pick.tsx'
import { Heading } from '../parts/heading.tsx'
import { Sentences } from '../parts/sentences.tsx'
import { TextField } from '../parts/text-field.tsx'
import { go } from '../route.ts'
import { type ChosenFile, readChosen, UnusableFile, upload, type Whose, withoutKey } from '../upload.ts'
import { fileWords } from '../words/files.ts'
import { accountName } from '../words.ts'
import { StatementFile } from './file.tsx'

const texts = fileWords

/** All of them, or the one that is named. */
export function Files({ route }: PageProps) {
  const [, id] = route.path
  return id === undefined ? (
    <AllFiles key={`${route.query}`} query={route.query} />
  ) : (
    <StatementFile id={id} />
  )
}

/** Which files help, adding one, and those that were added. */
function AllFiles({ query }: { query: URLSearchParams }) {
  const imports = useData(fileQuestions.imports)
  const summary = useData(questions.summary)
  const exchanges = useData(questions.exchanges)
  const error = imports.error ?? summary.error ?? exchanges.error
  const isThere = imports.data !== undefined && summary.data !== undefined && exchanges.data !== undefined
  return (
    <>
      <Heading text={texts.title} />
      <p class="lead-text">{texts.lead}</p>
      {error !== null && (
        <Failure
          sentence={sentenceOf(error)}
          again={() => {
            imports.refetch()
            summary.refetch()
            exchanges.refetch()
          }}
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

function AddFile({ accounts, exchanges, known, chosen }: AddProps) {
  const first = accounts[0]?.connection.id ?? `${withoutKey}${exchanges[0]?.id ?? ''}`
  const isThere =
    accounts.some(({ connection }) => connection.id === chosen) ||
    exchanges.some(({ id }) => `${withoutKey}${id}` === chosen)
  const [account, setAccount] = useState(isThere ? chosen : first)
  const [label, setLabel] = useState('')
  const [stage, setStage] = useState<'idle' | 'hashing' | 'sending'>('idle')
  const [failure, setFailure] = useState('')
  const [file, setFile] = useState<ChosenFile | undefined>(undefined)
  const isHere = useRef(true)
  useEffect(
    () => () => {
      isHere.current = false
    },
    [],
  )
  const whose = whoseOf(account, label, accounts)
  const beside = accounts.find(
    ({ connection }) => 'exchange' in whose && connection.exchange === whose.exchange,
  )
  const before = file && sameIn(known, file, whose)

  async function take(picked: File) {
    setFailure('')
    setStage('hashing')
    try {
      const read = await readChosen(picked)
      setFile(read)
      if (sameIn(known, read, whose) !== undefined) return
      setStage('sending')
      const { id } = await upload(whose, read)
      await fileQuestions.imports.again()
      // Whoever has gone elsewhere meanwhile is not fetched back.
      if (isHere.current) go(`#/files/${id}`)
    } catch (error) {
      setFailure(error instanceof UnusableFile ? error.message : sentenceOf(error))
      // What did not arrive stands among the files, too.
      void fileQuestions.imports.again()
    } finally {
      setStage('idle')
    }
  }

  return (
    <section aria-labelledby="add">
      <h2 id="add">{texts.add}</h2>
      <ChoiceField
        id="account"
        label={texts.account}
        value={account}
        of={[
          ...accountChoices(accounts),
          ...exchanges.map(({ id, name }) => [withoutKey + id, texts.noKey(name)] as const),
        ]}
        choose={setAccount}
        isOff={stage !== 'idle'}
      />
      {'exchange' in whose && (
        <>
          {beside !== undefined && <p class="doubt-text">{texts.beside(accountName(beside))}</p>}
          <TextField
            id="label"
            label={texts.label}
            hint={texts.labelHint}
            value={label}
            isOff={stage !== 'idle'}
            onInput={setLabel}
          />
        </>
      )}
      <FilePick isOff={stage !== 'idle'} take={(picked) => void take(picked)} />
      {stage !== 'idle' && (
        <p class="soft" role="status">
          {stage === 'hashing' ? texts.hashing : texts.doing.sending}
        </p>
      )}
      {before !== undefined && stage === 'idle' && (
        <Notice tone="soft" isAlert>
          <p>{texts.known(before.addedAt, elsewhere(before, whose, accounts))}</p>
          <Go to={`#/files/${before.id}`} isPrimary>
            {texts.openIt}
          </Go>
        </Notice>
      )}
      {failure !== '' && <Failure sentence={failure} />}
      <details open={known.length === 0}>
        <summary>{texts.helps}</summary>
        <Sentences lines={texts.helpText} />
      </details>
    </section>
  )
}

/** The same file, where it is of that account, or where its rows are stored for another: one file is of one account. */
function sameIn(known: readonly Import[], file: ChosenFile, whose: Whose): Import | undefined {
  const same = known.filter(({ sha256 }) => sha256 === file.sha256)
  const isHere = (one: Import) => 'connection' in whose && one.connection === whose.connection
  return (
    same.find((one) => one.state !== 'awaited' && isHere(one)) ?? same.find(({ state }) => state === 'stored')
  )
}

/** The name of the account that has it, where that is not the one that was chosen. */
function elsewhere(file: Import, whose: Whose, accounts: readonly Account[]): string | undefined {
  if ('connection' in whose && whose.connection === file.connection) return undefined
  const of = accounts.find(({ connection }) => connection.id === file.connection)
  return of && accountName(of)
}

function whoseOf(account: string, label: string, accounts: readonly Account[]): Whose {
  if (!account.startsWith(withoutKey)) return { connection: account }
  const [exchange, name] = [account.slice(withoutKey.length), label.trim()]
  const same = accounts.filter(({ connection }) => connection.exchange === exchange)
  // Those that are here stand in the choice, and can be named as well: whoever did neither means another.
  const isNamed = same.some(
    ({ connection }) => connection.fromFiles && name !== '' && connection.label === name,
  )
  return {
    exchange,
    ...(name !== '' && { label: name }),
    ...(same.length > 0 && !isNamed && { newAccount: true }),
  }
}

function Past({ items, accounts }: { items: readonly Import[]; accounts: readonly Account[] }) {
  return (
    <section aria-labelledby="past">
      <h2 id="past">{texts.past}</h2>
      <FileList items={items} accounts={accounts} />
    </section>
  )
}
