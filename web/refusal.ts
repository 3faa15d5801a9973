import type { Problem } from './answers.ts'

/** The importer said no; `problem` says why, in a sentence. */
export class Refusal extends Error {
  readonly problem: Problem
  /** Seconds after which the same may be asked again. */
  readonly retryAfter?: number

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.sentence ?? problem.detail)
    this.name = 'Refusal'
    this.problem = problem
    this.retryAfter = retryAfter
  }
}
