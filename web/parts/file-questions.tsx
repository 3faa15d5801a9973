import { useState } from 'preact/hooks'
import type { ImportQuestion } from '../answers.ts'
import { layoutOf, type Mapping, mappingOf, openFields } from '../mapping.ts'
import { fileWords } from '../words/files.ts'
import { ZoneField } from './choice.tsx'
import { Button } from './controls.tsx'
import { MappingForm } from './mapping-form.tsx'

const texts = fileWords

/** What a file is read with, as the API takes it. */
export type FileSettings = {
  readonly timezone?: string
  readonly dateOrder?: 'day-first' | 'month-first'
  readonly decimalSigns?: Readonly<Record<string, '.' | ','>>
  readonly layouts?: Readonly<Record<string, object>>
  readonly attests?: { readonly from: string; readonly to: string }
}

type Props = {
  readonly questions: readonly ImportQuestion[]
  readonly isOff: boolean
  readonly answer: (settings: FileSettings) => void
}

/** Asks what only the owner of a file can say; nothing is chosen beforehand. */
export function FileQuestions({ questions, isOff, answer }: Props) {
  const layouts = questions.filter((one) => one.about === 'layout')
  const [order, setOrder] = useState('')
  const [zone, setZone] = useState('')
  const [signs, setSigns] = useState<Readonly<Record<string, '.' | ','>>>({})
  const [mappings, setMappings] = useState<Readonly<Record<string, Mapping>>>(() =>
    Object.fromEntries(layouts.map((one) => [one.signature, mappingOf(one)])),
  )
  const has = (about: ImportQuestion['about']) => questions.some((one) => one.about === about)
  const open = [...new Set(Object.values(mappings).flatMap(openFields))]
  const isOpen =
    (has('date-order') && order === '') ||
    (has('clock') && zone.trim() === '') ||
    questions.some((one) => one.about === 'decimal-sign' && signs[one.column] === undefined) ||
    open.length > 0

  function send(event: Event) {
    event.preventDefault()
    answer({
      ...((order === 'day-first' || order === 'month-first') && { dateOrder: order }),
      ...(zone.trim() !== '' && { timezone: zone.trim() }),
      ...(Object.keys(signs).length > 0 && { decimalSigns: signs }),
      ...(layouts.length > 0 && {
        layouts: Object.fromEntries(Object.entries(mappings).map(([name, one]) => [name, layoutOf(one)])),
      }),
    })
  }

  return (
    <section aria-labelledby="questions">
      <h2 id="questions">{layouts.length > 0 ? texts.mapping : texts.questions}</h2>
      {layouts.length === 0 && <p>{texts.questionsText}</p>}
      <form method="post" onSubmit={send}>
        {questions.map((question) => {
          if (question.about === 'date-order')
            return <DateOrder key="order" cells={question.cells} value={order} choose={setOrder} />
          if (question.about === 'clock')
            return (
              <ZoneField
                key="zone"
                label={texts.zone}
                hint={`${question.sentence} ${texts.zoneHint}`}
                value={zone}
                choose={setZone}
                others={['UTC+8']}
                own={texts.yourZone}
              />
            )
          if (question.about === 'decimal-sign')
            return (
              <DecimalSign
                key={`sign ${question.column}`}
                column={question.column}
                cells={question.cells}
                value={signs[question.column]}
                choose={(sign) => setSigns({ ...signs, [question.column]: sign })}
              />
            )
          const mapping = mappings[question.signature]
          if (mapping === undefined) return null
          return (
            <MappingForm
              key={question.signature}
              question={question}
              mapping={mapping}
              change={(changed) => setMappings({ ...mappings, [question.signature]: changed })}
            />
          )
        })}
        {open.length > 0 && (
          <p class="doubt-text">{texts.stillOpen(open.map((field) => texts.fields[field]))}</p>
        )}
        <div class="actions submit">
          <Button type="submit" isPrimary isOff={isOff || isOpen}>
            {isOff ? texts.reading : texts.goOnReading}
          </Button>
        </div>
      </form>
    </section>
  )
}

const orders = ['day-first', 'month-first'] as const

function DateOrder({
  cells,
  value,
  choose,
}: {
  cells: readonly string[]
  value: string
  choose: (order: string) => void
}) {
  return (
    <fieldset class="field">
      <legend>{texts.dateOrder}</legend>
      <p class="hint">{texts.datesLike(cells.slice(0, 3))}</p>
      {orders.map((order) => (
        <label key={order} class="check">
          <input
            type="radio"
            name="date-order"
            value={order}
            checked={value === order}
            onChange={() => choose(order)}
          />
          <span>
            {texts.dateOrders[order]}
            {cells[0] !== undefined && (
              <span class="soft"> · {texts.read(cells[0], dayIn(cells[0], order))}</span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

/** A cell such as 03/04/2025 in words, read one way or the other. */
function dayIn(cell: string, order: (typeof orders)[number]): string {
  const [first = '', second = ''] = cell.match(/\d+/g) ?? []
  const [day, month] = order === 'day-first' ? [first, second] : [second, first]
  const name = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2000, Number(month) - 1, 1),
  )
  return `${Number(day)} ${name}`
}

const signsOf = ['.', ','] as const

function DecimalSign({
  column,
  cells,
  value,
  choose,
}: {
  column: string
  cells: readonly string[]
  value: '.' | ',' | undefined
  choose: (sign: '.' | ',') => void
}) {
  return (
    <fieldset class="field">
      <legend>{texts.decimals(column)}</legend>
      <p class="hint">{texts.numbersLike(cells.slice(0, 5))}</p>
      {signsOf.map((sign) => (
        <label key={sign} class="check">
          <input
            type="radio"
            name={`sign-${column}`}
            checked={value === sign}
            onChange={() => choose(sign)}
          />
          <span>{texts.decimalSigns[sign]}</span>
        </label>
      ))}
    </fieldset>
  )
}
