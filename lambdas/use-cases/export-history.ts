import { DraftGoneError } from '../domain/draft-gone.ts'
import type { Export } from '../domain/export.ts'
import type { KeptExport } from '../domain/kept-export.ts'
import type { Statement } from '../domain/statement.ts'
import { minute } from '../domain/window.ts'
import { type ExportRole, type HistoryFile, type WriteExportPorts, writeExport } from './write-export.ts'

type Options = { readonly contentType: string; readonly downloadName: string }

/** An object while it is written, perhaps in several goes. Any call may throw `DraftGoneError`. */
export type Upload = {
  append(bytes: Uint8Array): Promise<void>
  /** All that was appended is safe when this resolves, with what goes on with it. */
  keep(): Promise<unknown>
  /** The object appears, whole. */
  finish(): Promise<void>
  /** Nobody goes on with it. */
  abandon(): Promise<void>
}

export type ExportHistoryPorts = WriteExportPorts & {
  readonly exports: {
    find(user: string, id: string): Promise<Export | undefined>
    /** Takes one that waits, so that who took it before can save nothing any more; undefined when it does not wait. */
    take(user: string, id: string): Promise<Export | undefined>
    /** False, and nothing changes, when it does not wait any more or somebody else took it since. */
    save(changed: Export): Promise<boolean>
  }
  readonly objects: {
    write(key: string, body: AsyncIterable<Uint8Array>, options: Options): Promise<void>
    upload(key: string, options: Options, kept?: unknown): Promise<Upload>
  }
  readonly kept: {
    save(key: string, kept: KeptExport): Promise<void>
    load(key: string): Promise<KeptExport | undefined>
  }
  readonly enqueueExport: (asked: Pick<Export, 'user' | 'id'>) => Promise<void>
  /** Names the code that runs. Other code may write other bytes: it goes on with nothing that this one began. */
  readonly code: string
}

/** Where the files of an export lie. */
export function objectKey({ user, id }: Pick<Export, 'user' | 'id'>, role: ExportRole): string {
  return `${encodeURIComponent(user)}/${id}/${role}`
}

/** Milliseconds: so much of the work is lost at most when whoever does it dies. */
const keptEvery = minute

/**
 * Does what `requestExport` asked for, or as much of it as there is time for, and then asks for the rest. Doing it again, because
 * the message came twice, changes nothing; after whoever did it died, it is gone on with: the file is always the one that it would
 * have been in one go. What is answered still waits where there is more to do, by us or by somebody else.
 */
export async function exportHistory(
  ports: ExportHistoryPorts,
  user: string,
  id: string,
  time: { readonly aborted: boolean } = { aborted: false },
): Promise<Export | undefined> {
  const taken = await ports.exports.take(user, id)
  if (taken === undefined) return ports.exports.find(user, id)
  try {
    return await goOn(ports, taken, time)
  } catch (error) {
    if (!(error instanceof DraftGoneError)) throw error
    const { kept, ...anew } = taken
    if (await ports.exports.save(anew)) await ports.enqueueExport(anew)
    return anew
  }
}

async function goOn(
  ports: ExportHistoryPorts,
  taken: Export,
  time: { readonly aborted: boolean },
): Promise<Export | undefined> {
  const { user, id } = taken
  const known = taken.kept === undefined ? undefined : await ports.kept.load(taken.kept)
  const from = known?.code === ports.code ? known : undefined
  const written = await writeExport(
    ports,
    user,
    taken.request,
    {
      history: (file) => writeHistory(ports, taken, { file, from, time }),
      beside: (role, { name, contentType, content }) =>
        ports.objects.write(objectKey(taken, role), content, { contentType, downloadName: name }),
    },
    from,
  )
  if (written === undefined) return ports.exports.find(user, id)
  const { sentences, ...rest } = written.statement
  const statement: Statement = { ...rest, sentences: remembered(sentences) }
  const { kept, ...asked } = taken
  const finished: Export = { ...asked, ...written, statement, state: 'done', finishedAt: ports.clock() }
  return (await ports.exports.save(finished)) ? finished : ports.exports.find(user, id)
}

type Leg = {
  readonly file: HistoryFile
  readonly from: KeptExport | undefined
  readonly time: { readonly aborted: boolean }
}

/** Until it is whole, the time is over, or somebody else took it. */
async function writeHistory(
  ports: ExportHistoryPorts,
  taken: Export,
  { file, from, time }: Leg,
): Promise<'whole' | 'part'> {
  const { name, contentType, content } = file
  const key = objectKey(taken, 'history')
  const upload = await ports.objects.upload(key, { contentType, downloadName: name }, from?.upload)
  let isKept = from !== undefined
  let keptAt = ports.clock()
  let turn = 0
  let last = taken
  try {
    for await (const piece of content) {
      await upload.append(piece)
      if (!time.aborted && ports.clock() < keptAt + keptEvery) continue
      const far = file.kept()
      if (far === undefined) continue
      turn += 1
      const place = `${key}-kept-${taken.leg}-${turn % 2}`
      await ports.kept.save(place, { ...far, code: ports.code, upload: await upload.keep() })
      isKept = true
      last = { ...taken, kept: place }
      if (!(await ports.exports.save(last))) return 'part'
      keptAt = ports.clock()
      if (!time.aborted) continue
      await ports.enqueueExport(last)
      return 'part'
    }
    // Who lost it must not put his file in the place of another's.
    if (!(await ports.exports.save(last))) return 'part'
    await upload.finish()
    return 'whole'
  } catch (error) {
    // What is kept is gone on with by who is asked again.
    if (!isKept) await upload.abandon().catch(() => undefined)
    throw error
  }
}

/** UTF-16 units, well below what an item of the store holds. */
const mostRemembered = 100_000

/** Of many accounts, the statement may be longer than an item: the file beside the history holds all of it. */
function remembered(sentences: readonly string[]): readonly string[] {
  let length = 0
  const fitting = sentences.findIndex((sentence) => {
    length += sentence.length
    return length > mostRemembered
  })
  if (fitting < 0) return sentences
  return [
    ...sentences.slice(0, fitting),
    `And ${sentences.length - fitting} more sentences: the statement's own file has all of them.`,
  ]
}

/** Says of an export that could not be written that it will not come. */
export async function failExport(
  ports: Pick<ExportHistoryPorts, 'exports' | 'clock'>,
  user: string,
  id: string,
): Promise<void> {
  const asked = await ports.exports.find(user, id)
  if (asked?.state === 'waiting')
    await ports.exports.save({ ...asked, state: 'failed', finishedAt: ports.clock() })
}
