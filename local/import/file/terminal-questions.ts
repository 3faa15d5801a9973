import { askLine } from '../../ask-line.ts'
import { say } from '../../layout.ts'
import type { Surroundings } from '../run-import.ts'

/** Somebody who may be asked, line by line. */
export type Asker = {
  /** The number of the one that was chosen by its number or its word, from 0. `usual`: what Enter alone means. */
  choose(question: string, choices: readonly string[], usual?: number): Promise<number>
  /** The same of choices that were shown before: whoever types a question mark sees them again. */
  pick(question: string, choices: readonly string[], usual?: number): Promise<number>
  /** `problem`: why an answer will not do, as a sentence. */
  ask(question: string, problem: (answer: string) => string | undefined): Promise<string>
  /** Choices with their numbers, for `pick`. */
  list(choices: readonly string[]): void
  tell(text: string): void
}

/** Undefined where nobody sits at a terminal. */
export function openAsker(
  { stdin, stdout, stderr, env, signal }: Surroundings,
  json: boolean,
): Asker | undefined {
  // With --json, people read along on stderr.
  const screen = json ? stderr : stdout
  if (stdin.isTTY !== true || screen.isTTY !== true) return undefined

  const line = (question: string) => askLine({ stdin, signal }, screen, question)
  const tell = (text: string) => say(screen, env, text)
  const list = (choices: readonly string[]) => {
    choices.forEach((choice, index) => {
      tell(`  ${index + 1}  ${choice}`)
    })
  }

  async function chosen(choices: readonly string[], usual: number | undefined, more = ''): Promise<number> {
    const usually = usual === undefined ? '' : `, Enter for ${usual + 1}`
    for (;;) {
      const answer = await line(`1 to ${choices.length}${more}${usually}: `)
      if (answer === '' && usual !== undefined) return usual
      const place = /^\d{1,3}$/.test(answer) ? Number(answer) - 1 : -1
      if (place >= 0 && place < choices.length) return place
      const worded = placeOfWord(answer, choices)
      if (worded !== undefined) return worded
      if (answer === '?') list(choices)
      else tell(`Type a number from 1 to ${choices.length}.`)
    }
  }

  return {
    tell,
    list,

    async choose(question, choices, usual) {
      tell(`\n${question}`)
      list(choices)
      return chosen(choices, usual)
    },

    async pick(question, choices, usual) {
      const likely = usual === undefined ? '' : ` It looks like ${choices[usual] ?? ''}.`
      tell(`\n${question}${likely}`)
      return chosen(choices, usual, ', ? to see them again')
    },

    async ask(question, problem) {
      for (;;) {
        const answer = await line(`\n${question} `)
        const wrong = problem(answer)
        if (wrong === undefined) return answer
        tell(wrong)
      }
    },
  }
}

/** A choice of one word can be typed, too, and so can its beginning: yes, y. */
function placeOfWord(answer: string, choices: readonly string[]): number | undefined {
  const typed = answer.toLowerCase()
  const begun = choices.flatMap((choice, place) =>
    typed !== '' && /^\p{L}+$/u.test(choice) && choice.toLowerCase().startsWith(typed) ? [place] : [],
  )
  return begun.length === 1 ? begun[0] : undefined
}
