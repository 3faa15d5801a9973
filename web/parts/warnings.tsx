import type { Account } from '../answers.ts'
import { words } from '../words.ts'
import { Notice } from './controls.tsx'

/** What the last sync warns of: that another account may be behind the key. Whoever owns it has to look. */
export function Warnings({ account: { sync } }: { account: Account }) {
  const { warnings = [] } = sync ?? {}
  if (warnings.length === 0) return null
  return (
    <Notice tone="bad">
      <p>
        <strong>{words.sync.warned}</strong>
      </p>
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </Notice>
  )
}

/** What is said of an account besides its warnings, which stand in a place of their own. */
export function besidesWarnings({ sentences, sync }: Account): readonly string[] {
  return sentences.filter((sentence) => !sync?.warnings?.includes(sentence))
}
