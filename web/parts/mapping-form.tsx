import type { LayoutQuestion } from '../answers.ts'
import {
  emptySides,
  fieldsOf,
  kindNames,
  type Mapping,
  openFields,
  type Side,
  type StatementField,
  splitOf,
  splits,
  valuesOf,
} from '../mapping.ts'
import { fileWords } from '../words/files.ts'
import { Choice, ChoiceField } from './choice.tsx'
import { Notice } from './controls.tsx'
import { Sentences } from './sentences.tsx'

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
          <Sentences lines={missing} />
        </Notice>
      )}
      <ChoiceField
        id="kind"
        label={texts.kind}
        value={mapping.kind}
        of={kindNames.map((kind) => [kind, texts.kinds[kind]] as const)}
        choose={(kind) => change({ ...mapping, kind })}
      />
      <ul class="mapping">
        {fieldsOf(mapping.kind).map(({ field, isNeeded }) => {
          const column = mapping.columns[field] ?? ''
          const id = `column-${field}`
          return (
            <li key={field} class={open.includes(field) ? 'open' : ''} data-field={field}>
              <label for={id}>
                {texts.fields[field]} {isNeeded && <small>{texts.needed}</small>}
              </label>
              <Choice
                id={id}
                value={field === 'side' && mapping.isSideBySign ? bySign : column}
                of={[
                  ['', texts.notThere],
                  ...(field === 'side' ? [[bySign, texts.bySign] as const] : []),
                  ...columns.map((name) => [name, name] as const),
                ]}
                choose={(name) => setColumn(field, name)}
              />
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
        <ChoiceField
          id="split"
          label={texts.split}
          value={mapping.split}
          of={splits.map((sign) => [sign, texts.splits[sign]] as const)}
          choose={(split) => change({ ...mapping, split })}
        />
      )}
      {mapping.columns.fee !== undefined && (
        <ChoiceField
          id="paid"
          label={texts.paid}
          value={mapping.paidFees}
          of={[
            ['positive', texts.paidFees.positive],
            ['negative', texts.paidFees.negative],
          ]}
          choose={(paidFees) => change({ ...mapping, paidFees })}
        />
      )}
    </>
  )
}

/** No heading is a lone control character. */
const bySign = '\u0001'
const sides = ['buy', 'sell', ''] as const

function Sides({ mapping, change }: Pick<Props, 'mapping' | 'change'>) {
  const choose = (word: string, side: Side) =>
    change({ ...mapping, sides: { ...mapping.sides, [word]: side } })
  return (
    <fieldset class="side-words">
      <legend class="unseen">{texts.sideWords}</legend>
      {Object.entries(mapping.sides).map(([word, side]) => (
        <label key={word}>
          {texts.means(word)}{' '}
          <Choice
            value={side}
            of={sides.map((one) => [one, texts.sides[one]] as const)}
            choose={(one) => choose(word, one)}
          />
        </label>
      ))}
    </fieldset>
  )
}
