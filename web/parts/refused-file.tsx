import { useState } from 'preact/hooks'
import type { Account, Import, RefusedFile as Refusal } from '../answers.ts'
import { sentenceOf } from '../ask.ts'
import { forgetAnswers, questions, useData } from '../data.ts'
import { go } from '../route.ts'
import { chosenLast, upload, type Whose, withoutKey } from '../upload.ts'
import { fileWords } from '../words/files.ts'
import { accountName } from '../words.ts'
import { Button, Failure, Go, Notice } from './controls.tsx'
import { RemoveFile, removeImport } from './remove-file.tsx'
import { Table } from './table.tsx'

const texts = fileWords

type Props = {
  readonly file: Import
  readonly refusal: Refusal
  readonly accounts: readonly Account[]
  readonly isOff: boolean
  /** Where something was said of how it is read, that may be what is wrong. */
  readonly change: (() => void) | undefined
}

/** Nothing of it is read: why, and where; and whose it is, where it is of another exchange. */
export function RefusedFile({ file, refusal, accounts, isOff, change }: Props) {
  const { sentence, cells, count, exchange } = refusal
  const title = texts.cells(cells.length, count)
  return (
    <section>
      <Notice tone="bad" isAlert>
        <p>
          <strong>{sentence}</strong>
        </p>
        <p>{texts.refused}</p>
      </Notice>
      {cells.length > 0 && (
        <>
          <h2>{title}</h2>
          <Table label={title} columns={texts.cellColumns}>
            <tbody>
              {cells.map(({ line, column, text, why, table }) => (
                <tr key={`${table} ${line} ${column}`}>
                  <td class="number">{line}</td>
                  <td>{column}</td>
                  <td class="wrapped">
                    <code>{text}</code>
                  </td>
                  <td class="wrapped">{why}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </>
      )}
      <div class="actions">
        {exchange !== undefined && <TakeElsewhere file={file} exchange={exchange} accounts={accounts} />}
        {change !== undefined && (
          <Button isPrimary isOff={isOff} onClick={change}>
            {texts.change}
          </Button>
        )}
        <Go to="#/files">{texts.addAnother}</Go>
        {!isOff && <RemoveFile file={file} leave={() => go('#/files')} />}
      </div>
    </section>
  )
}

type ElsewhereProps = Pick<Props, 'file' | 'accounts'> & { readonly exchange: string }

/** To the accounts of the exchange whose file it is; where there is none, to one without a key. */
function TakeElsewhere({ file, exchange, accounts }: ElsewhereProps) {
  const [failure, setFailure] = useState('')
  const [isBusy, setBusy] = useState(false)
  const name = useData(questions.exchanges).data?.items.find(({ id }) => id === exchange)?.name ?? exchange
  const theirs = accounts.filter(({ connection }) => connection.exchange === exchange)
  const places: readonly { readonly name: string; readonly choice: string; readonly whose: Whose }[] =
    theirs.length > 0
      ? theirs.map((account) => ({
          name: accountName(account),
          choice: account.connection.id,
          whose: { connection: account.connection.id },
        }))
      : [{ name: texts.noKey(name), choice: `${withoutKey}${exchange}`, whose: { exchange } }]
  const chosen = chosenLast(file.sha256)

  async function take(whose: Whose) {
    if (chosen === undefined) return
    setBusy(true)
    setFailure('')
    try {
      const { id } = await upload(whose, chosen)
      await removeImport(file.id)
      go(`#/files/${id}`)
      await forgetAnswers()
    } catch (error) {
      setFailure(sentenceOf(error))
      setBusy(false)
    }
  }

  return (
    <>
      {places.map(({ name: to, choice, whose }) =>
        chosen === undefined ? (
          <Go key={choice} to={`#/files?connection=${encodeURIComponent(choice)}`} isPrimary>
            {texts.chooseFor(to)}
          </Go>
        ) : (
          <Button key={choice} isPrimary isOff={isBusy} onClick={() => void take(whose)}>
            {texts.takeTo(to)}
          </Button>
        ),
      )}
      {failure !== '' && <Failure sentence={failure} />}
    </>
  )
}
