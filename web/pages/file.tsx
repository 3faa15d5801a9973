import { useEffect, useRef, useState } from 'preact/hooks'
import type { Account, Import, ImportReading, StoredImport } from '../answers.ts'
import { ask, sentenceOf } from '../ask.ts'
import { forgetAnswers, questions, useData } from '../data.ts'
import { fileQuestions } from '../file-data.ts'
import { announce } from '../parts/announce.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Badge, Button, Failure, Frame, Go, Notice } from '../parts/controls.tsx'
import { FilePick } from '../parts/file-pick.tsx'
import { FilePreview } from '../parts/file-preview.tsx'
import { FileQuestions, type FileSettings } from '../parts/file-questions.tsx'
import { Heading } from '../parts/heading.tsx'
import { RefusedFile } from '../parts/refused-file.tsx'
import { RemoveFile } from '../parts/remove-file.tsx'
import { Sentences } from '../parts/sentences.tsx'
import { Refusal } from '../refusal.ts'
import { go } from '../route.ts'
import { readChosen, sendContent, UnusableFile } from '../upload.ts'
import { fileListWords, fileState } from '../words/file-list.ts'
import { fileWords } from '../words/files.ts'
import { accountName } from '../words.ts'

const texts = fileWords

/** One statement file, from its first question to what came of it. */
export function StatementFile({ id }: { id: string }) {
  const { data, error, refetch } = useData(fileQuestions.import(id))
  const summary = useData(questions.summary)
  return (
    <>
      <p class="crumb">
        <a href="#/files">{texts.back}</a>
      </p>
      <Heading text={data?.name ?? texts.title} />
      {isGone(error) ? (
        <p>{texts.gone}</p>
      ) : (
        error !== null && <Failure sentence={sentenceOf(error)} again={refetch} />
      )}
      {data === undefined ? (
        error === null && <Frame lines={8} />
      ) : (
        <Steps file={data} accounts={summary.data?.items ?? []} />
      )}
    </>
  )
}

function isGone(error: Error | null): boolean {
  return error instanceof Refusal && error.problem.code === 'not-found'
}

/** What is being waited for. */
type Doing = 'reading' | 'storing' | 'takingBack' | 'sending'

function Steps({ file, accounts }: { file: Import; accounts: readonly Account[] }) {
  const of = accounts.find(({ connection }) => connection.id === file.connection)
  const [doing, setDoing] = useState<Doing | undefined>(undefined)
  const [failure, setFailure] = useState<{ sentence: string; isStale: boolean } | undefined>(undefined)
  const [settings, setSettings] = useState<FileSettings>({})
  const [reading, setReading] = useState<ImportReading | undefined>(undefined)
  const [asked, setAsked] = useState<Extract<ImportReading, { outcome: 'asks' }> | undefined>(undefined)
  const [result, setResult] = useState<StoredImport | undefined>(undefined)
  const [isConfirming, setConfirming] = useState(false)
  const body = useRef<HTMLDivElement>(null)
  const address = `/v1/imports/${file.id}`

  /** Does it, and shows what went wrong where something does. */
  async function during(what: Doing, act: () => Promise<void>) {
    setDoing(what)
    setFailure(undefined)
    try {
      await act()
      body.current?.focus({ preventScroll: true })
    } catch (error) {
      const isStale = error instanceof Refusal && error.problem.code === 'stale-plan'
      // What is not true any more is not shown again while it is read anew.
      if (isStale) setReading(undefined)
      setFailure({ sentence: error instanceof UnusableFile ? error.message : sentenceOf(error), isStale })
    } finally {
      setDoing(undefined)
    }
  }

  const read = (more: FileSettings) =>
    during('reading', async () => {
      const all = { ...settings, ...more, layouts: { ...settings.layouts, ...more.layouts } }
      const next = await ask<ImportReading>(`${address}/plan`, { method: 'POST', body: all })
      setSettings(all)
      setReading(next)
      if (next.outcome === 'asks') setAsked(next)
      // With the first file of it that can be read, an account is one.
      if (of === undefined) void questions.summary.again()
      announce(texts.announced[next.outcome])
    })

  const store = (plan: string) =>
    during('storing', async () => {
      const stored = await ask<StoredImport>(`${address}/commit`, {
        method: 'POST',
        body: { ...settings, plan },
      })
      await ended(stored, texts.announced.stored)
      setResult(stored)
    })

  const takeBack = () =>
    during('takingBack', async () => {
      const gone = await ask<StoredImport>(`${address}/take-back`, { method: 'POST' })
      await ended(gone, texts.announced.takenBack)
      setReading(undefined)
      setResult(undefined)
    })

  async function ended(answer: StoredImport, sentence: string) {
    fileQuestions.import(file.id).learn(answer.import)
    announce(sentence)
    await forgetAnswers()
  }

  const sendAgain = (picked: File) =>
    during('sending', async () => {
      const { content, sha256 } = await readChosen(picked)
      if (sha256 !== file.sha256) throw new UnusableFile(texts.otherFile)
      if (file.upload !== undefined) await sendContent(file.upload, content)
      await fileQuestions.import(file.id).again()
    })

  // Whoever comes here wants it read: nothing of it is stored by that.
  const isHere = file.state === 'here'
  useEffect(() => {
    if (isHere) void read({})
  }, [isHere])

  const isRefused = isHere && reading?.outcome === 'refused'
  const seen = fileState({ state: file.state, ...(isRefused && { refused: reading }) })
  const isOff = doing !== undefined
  const isOpen = file.state === 'here' || (file.state === 'taken-back' && reading !== undefined)
  return (
    <>
      <p class="facts-line">
        <Badge tone={seen.tone}>{doing === 'storing' ? fileListWords.states.storing : seen.text}</Badge>{' '}
        <span class="soft">
          {[
            of === undefined ? undefined : accountName(of),
            fileListWords.size(file.bytes),
            fileListWords.added(file.addedAt),
          ]
            .filter((part) => part !== undefined)
            .join(' · ')}
        </span>
      </p>
      {failure !== undefined && (
        <Notice tone="bad" isAlert>
          <p>{failure.sentence}</p>
          {failure.isStale && (
            <Button isPrimary onClick={() => void read({})}>
              {texts.look}
            </Button>
          )}
        </Notice>
      )}
      {doing !== undefined && (
        <p class="soft" role="status">
          {texts.doing[doing]}
        </p>
      )}
      <div ref={body} tabIndex={-1} class="stack" aria-busy={isOff}>
        {file.state === 'awaited' && (
          <section>
            <p>{texts.waiting}</p>
            <FilePick isOff={isOff} label={texts.again} take={(picked) => void sendAgain(picked)} />
          </section>
        )}
        {isOpen && reading?.outcome === 'refused' && (
          <RefusedFile
            file={file}
            refusal={reading}
            accounts={accounts}
            isOff={isOff}
            change={asked === undefined ? undefined : () => setReading(asked)}
          />
        )}
        {isOpen && reading?.outcome === 'asks' && (
          <FileQuestions
            key={JSON.stringify(reading)}
            questions={reading.questions}
            isOff={isOff}
            answer={(answers) => void read(answers)}
          />
        )}
        {isOpen && reading?.outcome === 'planned' && (
          <FilePreview
            plan={reading.plan}
            isWhole={settings.attests !== undefined}
            isOff={isOff}
            isStoring={doing === 'storing'}
            claim={(attests) => void read({ attests })}
            change={asked === undefined ? undefined : () => setReading(asked)}
            store={(plan) => void store(plan)}
          />
        )}
        {file.state === 'stored' && (
          <Result file={file} result={result} isOff={isOff} takeBack={() => setConfirming(true)} />
        )}
        {file.state === 'taken-back' && reading === undefined && (
          <section>
            <p>{texts.tookBack}</p>
            <div class="actions">
              <Button onClick={() => void read({})} isOff={isOff}>
                {texts.readAgain}
              </Button>
            </div>
          </section>
        )}
      </div>
      {file.state !== 'stored' && !isOff && !isRefused && (
        <div class="actions">
          <RemoveFile file={file} leave={() => go('#/files')} />
        </div>
      )}
      {isConfirming && (
        <Confirm
          title={texts.takeBackTitle}
          text={texts.takeBackText}
          verb={texts.takeBack}
          isDangerous
          does={async () => void takeBack()}
          close={() => setConfirming(false)}
        />
      )}
    </>
  )
}

type ResultProps = {
  readonly file: Import
  readonly result: StoredImport | undefined
  readonly isOff: boolean
  readonly takeBack: () => void
}

function Result({ file: { connection, stored }, result, isOff, takeBack }: ResultProps) {
  const tables = stored?.tables ?? []
  const from = tables.flatMap((table) => table.from ?? []).sort()[0]
  const to = tables
    .flatMap((table) => table.to ?? [])
    .sort()
    .at(-1)
  const rows = new URLSearchParams({
    connection,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  })
  return (
    <section aria-labelledby="result">
      <h2 id="result">{texts.result}</h2>
      {result !== undefined && (
        <Notice tone="good">
          <p>{texts.resultText(result.written, result.removed)}</p>
        </Notice>
      )}
      <Sentences
        lines={[
          ...tables.map(({ name, rows: many }) => fileListWords.isStored(name, many)),
          ...(stored?.attests === undefined
            ? []
            : [fileListWords.attested(stored.attests.from, stored.attests.to)]),
        ]}
      />
      <div class="actions">
        <Go to={`#/transactions?${rows}`} isPrimary>
          {texts.showRows}
        </Go>
        <Go to={`#/connections/${connection}`}>{texts.coverage}</Go>
        <Button isDangerous isOff={isOff} onClick={takeBack}>
          {texts.takeBack}
        </Button>
      </div>
    </section>
  )
}
