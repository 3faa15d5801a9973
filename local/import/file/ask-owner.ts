import { listed } from '../../../lambdas/domain/coverage-words.ts'
import { clockOf } from '../../../lambdas/statements/clock.ts'
import type { AskedOwner } from '../../../lambdas/statements/file-plan.ts'
import type { Layout } from '../../../lambdas/statements/layout.ts'
import { columnsMissing, type NamedHeader } from '../../../lambdas/statements/named-columns.ts'
import type { Settings } from '../../../lambdas/statements/read-statement.ts'
import { InvalidInputError } from '../invalid-input.ts'
import { noZone } from './arguments.ts'
import { askLayout } from './ask-layout.ts'
import { shortMapping } from './mapping-file.ts'
import type { Asker } from './terminal-questions.ts'

/** What was asked is answered by its owner, one question after the other. */
export async function answered(
  questions: readonly AskedOwner[],
  settings: Settings,
  asker: Asker,
): Promise<Settings> {
  let said = settings
  for (const question of questions) said = { ...said, ...(await answerTo(question, said, asker)) }
  return said
}

async function answerTo(question: AskedOwner, said: Settings, asker: Asker): Promise<Settings> {
  switch (question.about) {
    case 'date-order': {
      if (said.dateOrder !== undefined) return {}
      const place = await asker.choose(
        `How are its dates written? It has ${listed(question.cells.slice(0, 3))}.`,
        ['the day first', 'the month first'],
      )
      return { dateOrder: place === 0 ? 'day-first' : 'month-first' }
    }
    case 'decimal-sign': {
      const place = await asker.choose(
        `Which sign divides whole numbers from parts in “${question.column}”? It has ${listed(question.cells.slice(0, 3))}.`,
        ['a point: 1.5', 'a comma: 1,5'],
      )
      return { decimalSigns: { ...said.decimalSigns, [question.column]: place === 0 ? '.' : ',' } }
    }
    case 'clock': {
      if (said.clock !== undefined && clockOf(said.clock) !== undefined) return {}
      asker.tell(`\n${question.sentence}`)
      const clock = await asker.ask('Time zone (UTC, UTC+8, Europe/Berlin):', (answer) =>
        clockOf(answer) === undefined ? noZone(answer) : undefined,
      )
      return { clock }
    }
    case 'layout': {
      const layout = await askLayout(question, asker)
      return { layouts: { ...said.layouts, [question.signature]: layout } }
    }
  }
}

/** Where nobody can be asked: what is missing, and which option says it. `map`: the file of the mapping that was given. */
export function unanswered(questions: readonly AskedOwner[], map: string | undefined): InvalidInputError {
  const sentences = questions.map((question) => optionFor(question, map))
  const asked = isMappingAtFault(questions, map) ? '' : ' Or run this in a terminal, where it is asked for.'
  return new InvalidInputError(`${[...new Set(sentences)].join(' ')}${asked}`)
}

/** What somebody wrote down is for him to correct there: what he would be asked says less than a mapping can. */
export function isMappingAtFault(questions: readonly AskedOwner[], map: string | undefined): boolean {
  return map !== undefined && questions.some((one) => one.about === 'layout' && one.missing.length > 0)
}

function optionFor(question: AskedOwner, map: string | undefined): string {
  switch (question.about) {
    case 'date-order':
      return `Nothing tells whether its dates (${listed(question.cells.slice(0, 3))}) begin with the day: add --date-order day-first or --date-order month-first.`
    case 'decimal-sign':
      return `Nothing tells whether the numbers of “${question.column}” (${listed(question.cells.slice(0, 3))}) have a decimal point or a comma: add --decimal point or --decimal comma.`
    case 'clock':
      return `${question.sentence} Add --timezone ZONE.`
    case 'layout':
      return layoutOption(question, map)
  }
}

function layoutOption(
  { table, missing, known, ...question }: LayoutQuestion,
  map: string | undefined,
): string {
  if (map === undefined)
    return (
      `Nobody here knows what the columns of ${table} mean: add --map FILE with what they mean, which may begin as ` +
      `${JSON.stringify(draftOf(question))}.`
    )
  if (missing.length === 0)
    return `${table} has other columns than ${map} tells of, which fits another table beside it: unpack them, and bring in each as a file of its own, with a --map of its own.`
  return (
    `${table}, as ${map} says what its columns mean: ${missing.join(' ')} Its columns are ${question.columns.map((name) => `“${name}”`).join(', ')}: ` +
    `say in ${map} what these mean, and among the “words” of a column what its words do (“isClosed”: false there lets all others pass)` +
    `${known === undefined ? '.' : `. Or leave --map out: the file is known as ${known}.`}`
  )
}

type LayoutQuestion = Extract<AskedOwner, { about: 'layout' }>

/** What somebody can go on with who has to write it by hand. */
function draftOf({ proposal, saved }: Pick<LayoutQuestion, 'proposal' | 'saved'>): object {
  return saved === undefined
    ? { granularity: 'fill', stream: 'spot-trade', time: 'the column of the time', ...proposal }
    : shortMapping(saved)
}

/** A layout that was given applies to each header that nobody knows and that it fits; to all, where it fits none, so that it is said why. */
export function withLayout(questions: readonly AskedOwner[], settings: Settings, layout: Layout): Settings {
  return withLayoutOf(
    questions.flatMap((one) => (one.about === 'layout' ? [one] : [])),
    settings,
    layout,
  )
}

/** The same of headers that are known, where all are. Throws `InvalidInputError` where nothing is left to be said of them. */
export function withKnownLayout(
  headers: readonly NamedHeader[],
  settings: Settings,
  layout: Layout,
): Settings {
  if (settings.layouts !== undefined) return settings
  if (headers.length === 0)
    throw new InvalidInputError(
      'Nothing was stored: it is an export of this program, of which nobody has to say what its columns mean. Leave --map out.',
    )
  return withLayoutOf(headers, settings, layout)
}

function withLayoutOf(headers: readonly NamedHeader[], settings: Settings, layout: Layout): Settings {
  const fitting = headers.filter(({ columns }) => columnsMissing(layout, columns).length === 0)
  const meant = fitting.length === 0 ? headers : fitting
  return {
    ...settings,
    layouts: {
      ...settings.layouts,
      ...Object.fromEntries(meant.map(({ signature }) => [signature, layout])),
    },
  }
}

/** A decimal sign that was given holds for each column in doubt. */
export function withSign(questions: readonly AskedOwner[], settings: Settings, sign: '.' | ','): Settings {
  const doubtful = questions.flatMap((one) => (one.about === 'decimal-sign' ? [one.column] : []))
  return {
    ...settings,
    decimalSigns: { ...settings.decimalSigns, ...Object.fromEntries(doubtful.map((one) => [one, sign])) },
  }
}
