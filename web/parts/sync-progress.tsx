import { useEffect, useRef } from 'preact/hooks'
import type { Account, Sync } from '../answers.ts'
import { forgetAnswers } from '../data.ts'
import { count } from '../show.ts'
import { timeLeft } from '../time-left.ts'
import { streamStates, words } from '../words.ts'
import { announce } from './announce.tsx'

/** A sync under way, stream by stream: each ends by itself, and what is known from before stays beside it. */
export function SyncProgress({ account, sync }: { account: Account; sync: Sync }) {
  const stored = sync.streams.reduce((sum, stream) => sum + stream.stored, 0)
  const told = words.sync.soFar(stored, sync.requests)
  useEffect(() => announce(told), [told])
  const standing = useRef(new Map())
  const left = timeLeft(sync, Date.now(), standing.current)
  return (
    <div class="progress">
      <p class="soft">
        {told}
        {left !== undefined && ` · ${words.sync.left(left)}`}
      </p>
      <ul>
        {sync.streams.map((stream, place) => {
          const title = account.streams.find((one) => one.stream === stream.stream)?.title ?? stream.stream
          return (
            <li key={place} data-stream={stream.stream} data-state={stream.state}>
              <span>{title}</span>
              <progress
                max={100}
                value={stream.percent}
                aria-label={`${title}: ${words.sync.asked(stream.percent)}`}
              />
              <span class={stream.state === 'failed' ? 'doubt-text' : 'soft'}>
                {stream.state === 'running' ? `${Math.floor(stream.percent)} %` : streamStates[stream.state]}
              </span>
              <span class="number">{count(stream.stored)}</span>
              {stream.state === 'running' &&
                stream.names?.map((names) => (
                  <span class="wide soft" key={names.each}>
                    {words.sync.names(names)}
                  </span>
                ))}
              {stream.state === 'running' && stream.position !== undefined && (
                <span class="wide soft">{words.sync.position(stream.position)}</span>
              )}
              {stream.failure !== undefined && (
                <span class="wide doubt-text">
                  {stream.failure.sentence} {words.sync.failedStream(account.connection.nextSyncAt)}
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** Asks for everything again once a sync has ended. */
export function useSyncEnd(accounts: readonly Account[] | undefined): void {
  const running = (accounts ?? []).flatMap(({ sync }) => (sync?.state === 'running' ? [sync.id] : []))
  const before = useRef<readonly string[]>([])
  const key = running.join()
  useEffect(() => {
    if (before.current.some((id) => !running.includes(id))) {
      announce(words.sync.ended)
      void forgetAnswers()
    }
    before.current = running
  }, [key])
}
