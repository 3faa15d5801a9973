import type { Transaction } from '../answers.ts'
import { askText, sentenceOf } from '../ask.ts'
import { useData } from '../data.ts'
import { questionOfEach } from '../question.ts'
import { indented, rawOf } from '../raw-text.ts'
import { exact, local } from '../show-exact.ts'
import { transactionWords } from '../words/transactions.ts'
import { Failure, Frame } from './controls.tsx'
import { Copy } from './copy.tsx'
import { Dialog } from './dialog.tsx'

const texts = transactionWords

const transaction = questionOfEach((id, signal) =>
  askText(`/v1/transactions/${encodeURIComponent(id)}`, { signal }),
)

/** Everything that is known of one row, with its payload digit by digit. */
export function TransactionDetails({ id, close }: { id: string; close: () => void }) {
  const { data, error, refetch } = useData(transaction(id))
  return (
    <Dialog title={texts.details} close={close} isPanel>
      {error !== null && <Failure sentence={sentenceOf(error)} again={refetch} />}
      {data === undefined ? error === null && <Frame lines={8} /> : <Facts text={data} />}
    </Dialog>
  )
}

/** What is a time, and is told as one. */
const times = ['time', 'movedTo', 'missingSince', 'unreadableSince']

function Facts({ text }: { text: string }) {
  const row: Transaction = JSON.parse(text)
  const facts = Object.entries(row).filter(([name]) => texts.names[name] !== undefined)
  const raw = indented(rawOf(text))
  return (
    <>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name} class="fact">
            <dt>{texts.names[name]}</dt>
            <dd class={/Id$|^id$|address/.test(name) ? 'mono' : ''}>
              {name === 'stream'
                ? texts.kinds[row.stream]
                : times.includes(name)
                  ? exact(String(value))
                  : String(value)}
              {name === 'time' && <small class="soft"> {texts.localTime(local(row.time))}</small>}
            </dd>
          </div>
        ))}
      </dl>
      {row.history !== undefined && (
        <section>
          <h3>{texts.said}</h3>
          <ul>
            {row.history.map(({ until, ...said }) => (
              <li key={until}>
                {texts.until(until)}:{' '}
                {Object.entries(said)
                  .map(([name, value]) => `${texts.names[name] ?? name} ${String(value)}`)
                  .join(', ')}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <div class="dialog-head">
          <h3>{texts.raw}</h3>
          <Copy text={rawOf(text)} of={texts.raw} />
        </div>
        <pre tabIndex={0}>{raw}</pre>
      </section>
    </>
  )
}
