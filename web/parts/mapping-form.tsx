import type { LayoutQuestion } from '../answers.ts'
import {
  emptySides,
  fieldsOf,
  kindNames,
  type Mapping,
  openFields,
  type Side,
  type StatementField,
  type StatementKind,
  splitOf,
  valuesOf,
} from '../mapping.ts'
import { fileWords } from '../words/files.ts'
import { Notice } from './controls.tsx'

const texts = fileWords
const shownValues = 5

type Props = {
  readonly question: LayoutQuestion
  readonly mapping: Mapping
  readonly change: (mapping: Mapping) => void
}

/** One line for each field of ours, those that are needed first, with a choice of columns and what stands in them. */
export function MappingForm({ question, mapping, change }: Props) {
  const { table, columns, samples, missing, saved } = question
  const open = openFields(mapping)
  function setColumn(field: StatementField, column: string) {
    const { [field]: _before, ...others } = mapping.columns
    change({
      ...mapping,
      columns: column === '' || column === bySign ? others : { ...others, [field]: column },
      ...(field === 'side' && {
        isSideBySign: column === bySign,
        sides: column === '' || column === bySign ? {} : emptySides(column, columns, samples),
      }),
      ...(field === 'symbol' && { split: splitOf(column, columns, samples) }),
    })
  }
  return (
    <>
      <div class="mapping-head">
        <p>{texts.mappingText(table)}</p>
        <p class="soft">{saved === undefined ? texts.proposed : texts.remembered}</p>
      </div>
      {missing.length > 0 && (
        <Notice tone="bad" isAlert>
          <p>{texts.missing}</p>
          <ul class="sentences">
            {missing.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div class="field">
        <label for="kind">{texts.kind}</label>
        <select
          id="kind"
          value={mapping.kind}
          onChange={({ currentTarget }) => change({ ...mapping, kind: kindNamed(currentTarget.value) })}
        >
          {kindNames.map((kind) => (
            <option key={kind} value={kind}>
              {texts.kinds[kind]}
            </option>
          ))}
        </select>
      </div>
      <ul class="mapping">
        {fieldsOf(mapping.kind).map(({ field, isNeeded }) => {
          const column = mapping.columns[field] ?? ''
          const id = `column-${field}`
          return (
            <li key={field} class={open.includes(field) ? 'open' : ''} data-field={field}>
              <label for={id}>
                {texts.fields[field]} {isNeeded && <small>{texts.needed}</small>}
              </label>
              <select
                id={id}
                value={field === 'side' && mapping.isSideBySign ? bySign : column}
                onChange={({ currentTarget }) => setColumn(field, currentTarget.value)}
              >
                <option value="">{texts.notThere}</option>
                {field === 'side' && <option value={bySign}>{texts.bySign}</option>}
                {columns.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
              <span class="values">
                {valuesOf(column, columns, samples)
                  .slice(0, shownValues)
                  .map((value) => (
                    <code key={value}>{value}</code>
                  ))}
              </span>
              {field === 'side' && column !== '' && <Sides mapping={mapping} change={change} />}
            </li>
          )
        })}
      </ul>
      {mapping.columns.symbol !== undefined && (
        <div class="field">
          <label for="split">{texts.split}</label>
          <select
            id="split"
            value={mapping.split}
            onChange={({ currentTarget }) => change({ ...mapping, split: currentTarget.value })}
          >
            {splits.map((sign) => (
              <option key={sign} value={sign}>
                {texts.splits[sign]}
              </option>
            ))}
          </select>
        </div>
      )}
      {mapping.columns.fee !== undefined && (
        <div class="field">
          <label for="paid">{texts.paid}</label>
          <select
            id="paid"
            value={mapping.paidFees}
            onChange={({ currentTarget }) =>
              change({ ...mapping, paidFees: currentTarget.value === 'negative' ? 'negative' : 'positive' })
            }
          >
            <option value="positive">{texts.paidFees.positive}</option>
            <option value="negative">{texts.paidFees.negative}</option>
          </select>
        </div>
      )}
    </>
  )
}

/** No heading is a lone control character. */
const bySign = '\u0001'
const splits = ['/', '-', '_', ''] as const
const sides = ['buy', 'sell', ''] as const

function kindNamed(name: string): StatementKind {
  return kindNames.find((kind) => kind === name) ?? 'spot-fill'
}

function Sides({ mapping, change }: Pick<Props, 'mapping' | 'change'>) {
  const choose = (word: string, side: Side) =>
    change({ ...mapping, sides: { ...mapping.sides, [word]: side } })
  return (
    <fieldset class="side-words">
      <legend class="unseen">{texts.sideWords}</legend>
      {Object.entries(mapping.sides).map(([word, side]) => (
        <label key={word}>
          {texts.means(word)}{' '}
          <select
            value={side}
            onChange={({ currentTarget }) => choose(word, sides[currentTarget.selectedIndex] ?? '')}
          >
            {sides.map((one) => (
              <option key={one} value={one}>
                {texts.sides[one]}
              </option>
            ))}
          </select>
        </label>
      ))}
    </fieldset>
  )
}
