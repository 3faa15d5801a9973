import type { Wait } from '../../lambdas/domain/client.ts'
import { readableTime } from '../../lambdas/domain/coverage-words.ts'
import type { RateLimit } from '../../lambdas/domain/stream.ts'
import { minute } from '../../lambdas/domain/window.ts'

/** Nobody wonders about less. Milliseconds. */
const worthTelling = 15_000

/**
 * Tells of each wait once: when nothing is asked for so long that somebody would think that it hangs. A wait that many questions
 * share, each told a moment later, is one.
 */
export function tellWaits(name: string, clock: () => number, say: (sentence: string) => void) {
  let toldUntil = 0
  return (wait: Wait): void => {
    const left = wait.until - clock()
    if (left < worthTelling || wait.until < toldUntil + worthTelling) return
    toldUntil = wait.until
    say(waitSentence(name, wait))
  }
}

function waitSentence(name: string, { why, scope, until }: Wait): string {
  const when = `until ${readableTime(Math.ceil(until / minute) * minute)} UTC`
  if (why === 'used up')
    return `What ${name} allows of questions is used up: waiting ${when}, then it goes on by itself.`
  return (
    `${name} asks to wait ${when}, since it was asked too often. Does something else ${users[scope]}? ` +
    'It goes on by itself.'
  )
}

const users: Readonly<Record<RateLimit['scope'], string>> = {
  key: 'use this key',
  account: 'use a key of this account',
  address: 'ask it from this address',
}
