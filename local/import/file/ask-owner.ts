import { listed } from '../../../lambdas/domain/coverage-words.ts'
import { clockOf } from '../../../lambdas/statements/clock.ts'
import type { AskedOwner, TableRead } from '../../../lambdas/statements/file-plan.ts'
import type { Layout } from '../../../lambdas/statements/layout.ts'
import type { Settings } from '../../../lambdas/statements/read-statement.ts'
import { InvalidInputError } from '../invalid-input.ts'
import { noZone } from './arguments.ts'
import { askLayout } from './ask-layout.ts'
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

/** Where nobody can be asked: what is missing, and which option says it. */
export function unanswered(questions: readonly AskedOwner[]): InvalidInputError {
  return new InvalidInputError(
    `${[...new Set(questions.map(optionFor))].join(' ')} Or run this in a terminal, where it is asked for.`,
  )
}

function optionFor(question: AskedOwner): string {
  switch (question.about) {
    case 'date-order':
      return `Nothing tells whether its dates (${listed(question.cells.slice(0, 3))}) begin with the day: add --date-order day-first or --date-order month-first.`
    case 'decimal-sign':
      return `Nothing tells whether the numbers of “${question.column}” (${listed(question.cells.slice(0, 3))}) have a decimal point or a comma: add --decimal point or --decimal comma.`
    case 'clock':
      return `${question.sentence} Add --timezone ZONE.`
    case 'layout':
      if (question.missing.length > 0)
        return (
          `${question.missing.join(' ')} The columns of ${question.table} are ${question.columns.map((name) => `“${name}”`).join(', ')}: ` +
          'say in the file of --map what these mean.'
        )
      return (
        `Nobody here knows what the columns of ${question.table} mean: add --map FILE with what they mean, which may begin ` +
        `as ${JSON.stringify(draftOf(question))}.`
      )
  }
}

/** What somebody can go on with who has to write it by hand. */
function draftOf({ proposal, saved }: Extract<AskedOwner, { about: 'layout' }>): object {
  const { time = 'the column of the time', columns, words, symbol } = proposal
  return (
    saved ?? {
      granularity: 'fill',
      stream: 'spot-trade',
      time,
      columns,
      words,
      ...(symbol !== undefined && { symbol }),
    }
  )
}

/** A layout that was given applies to each header that nobody knows. */
export function withLayout(questions: readonly AskedOwner[], settings: Settings, layout: Layout): Settings {
  const signatures = questions.flatMap((one) => (one.about === 'layout' ? [one.signature] : []))
  return {
    ...settings,
    layouts: { ...settings.layouts, ...Object.fromEntries(signatures.map((one) => [one, layout])) },
  }
}

/** The same of headers that are known, where all are. Throws `InvalidInputError` where nothing is left to be said of them. */
export function withKnownLayout(tables: readonly TableRead[], settings: Settings, layout: Layout): Settings {
  if (settings.layouts !== undefined) return settings
  const signatures = tables.flatMap(({ preview: { signature } }) => signature ?? [])
  if (signatures.length === 0)
    throw new InvalidInputError(
      'Nothing was stored: it is an export of this program, of which nobody has to say what its columns mean. Leave --map out.',
    )
  return { ...settings, layouts: Object.fromEntries(signatures.map((one) => [one, layout])) }
}

/** A decimal sign that was given holds for each column in doubt. */
export function withSign(questions: readonly AskedOwner[], settings: Settings, sign: '.' | ','): Settings {
  const doubtful = questions.flatMap((one) => (one.about === 'decimal-sign' ? [one.column] : []))
  return {
    ...settings,
    decimalSigns: { ...settings.decimalSigns, ...Object.fromEntries(doubtful.map((one) => [one, sign])) },
  }
}
