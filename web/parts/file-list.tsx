import type { Account, Import } from '../answers.ts'
import { fileListWords, fileState } from '../words/file-list.ts'
import { accountName } from '../words.ts'
import { Badge, Go } from './controls.tsx'
import { RemoveFile } from './remove-file.tsx'

const texts = fileListWords

/** Statement files, each with how far it is and where it goes on. `accounts`: whose they are, where they are of several. */
export function FileList({
  items,
  accounts,
}: {
  readonly items: readonly Import[]
  readonly accounts?: readonly Account[]
}) {
  if (items.length === 0) return <p class="soft">{texts.none}</p>
  return (
    <ul class="past">
      {items.map((one) => {
        const { id, name, state, bytes, addedAt, stored, refused } = one
        const seen = fileState(one)
        const of = accounts?.find(({ connection }) => connection.id === one.connection)
        return (
          <li key={id} data-file={id} data-state={state}>
            <div class="card-head">
              <h3 class="file-name">
                <a href={`#/files/${id}`}>{name}</a>
              </h3>
              <Badge tone={seen.tone}>{seen.text}</Badge>
            </div>
            <p class="soft">
              {[
                ...(of === undefined ? [] : [accountName(of)]),
                ...(stored?.tables.map((table) => texts.isStored(table.name, table.rows)) ?? []),
                texts.size(bytes),
                stored === undefined ? texts.added(addedAt) : texts.stored(stored.at),
              ].join(' · ')}
            </p>
            {stored?.attests !== undefined && (
              <p class="file-text">{texts.attested(stored.attests.from, stored.attests.to)}</p>
            )}
            {refused !== undefined && <p class="bad-text">{refused.sentence}</p>}
            {(state === 'awaited' || state === 'here') && (
              <div class="actions">
                <Go to={`#/files/${id}`}>{nextOf(one)}</Go>
                <RemoveFile file={one} />
              </div>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function nextOf({ state, refused }: Import): string {
  if (refused !== undefined) return texts.open
  return state === 'awaited' ? texts.chooseAgain : texts.goOn
}
