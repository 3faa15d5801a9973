import { readableTime } from '../domain/coverage-words.ts'
import type { ExchangeDefinition } from '../domain/exchange.ts'
import type { Export, ExportRequest } from '../domain/export.ts'
import type { AccountNames, ExportFormat } from '../domain/export-format.ts'
import { nearTimezones } from '../domain/near-timezones.ts'
import { type Period, parseEnd, parsePeriod } from '../domain/period.ts'
import { isTimezone, offsetsOf } from '../domain/timezone.ts'
import { minute } from '../domain/window.ts'
import { type FindConnectionPorts, findConnection, isId } from './find-connection.ts'
import { RefusedError } from './refusal.ts'
import type { FieldProblem } from './submission.ts'
import { textProblem } from './submission.ts'

/** A period as somebody wrote it: its days are those of the zone. */
export type AskedPeriod = {
  readonly from?: string
  readonly to?: string
  readonly period?: string
  readonly timezone?: string
}

/** What somebody asks for, as they wrote it. */
export type AskedExport = AskedPeriod & {
  readonly format: string
  readonly connections?: readonly string[]
  readonly accounts?: Partial<AccountNames>
}

export type Formats = ReadonlyMap<string, ExportFormat>

/** Between when anything can have happened. Epoch milliseconds. */
export type Life = { readonly begin: number; readonly now: number }

/** From the opening of the first of these exchanges on. */
export function lifeOf(
  exchanges: ReadonlyMap<string, Pick<ExchangeDefinition, 'streams'>>,
  now: number,
): Life {
  const opened = [...exchanges.values()].flatMap(({ streams }) => streams.map((stream) => stream.opened))
  return { begin: opened.reduce((first, one) => Math.min(first, one), now), now }
}

/** Checks what was asked for. Every field that cannot be taken is named. */
export function readExportRequest(
  formats: Formats,
  asked: AskedExport,
  life: Life,
): ExportRequest | { readonly problems: readonly FieldProblem[] } {
  const { format, timezone = 'UTC', connections, accounts } = asked
  const problems: FieldProblem[] = []
  if (!formats.has(format))
    problems.push({ field: 'format', problem: `must be one of ${[...formats.keys()].join(', ')}` })
  for (const [name, value] of Object.entries(accounts ?? {})) {
    const problem = textProblem(value, longestAccount) ?? placeProblem(value)
    if (problem !== undefined) problems.push({ field: `accounts.${name}`, problem })
  }
  const period = readPeriod(asked, life)
  if ('problems' in period) problems.push(...period.problems)
  if (problems.length > 0 || 'problems' in period) return { problems }
  return {
    format,
    period,
    timezone,
    ...(connections !== undefined && { connections: [...new Set(connections)].sort() }),
    ...(accounts !== undefined && { accounts }),
  }
}

function timezoneProblem(typed: string): string {
  const near = nearTimezones(typed)
  const rule = 'must be a name of the IANA time zone database, such as Europe/Berlin, America/New_York or UTC'
  return near.length === 0 ? rule : `${rule}; near to what was given: ${near.join(', ')}`
}

const longestAccount = 200

/** A place that nobody fills would stand in every line of a journal. */
function placeProblem(template: string): string | undefined {
  const unknown = [...template.matchAll(/\{([^}]*)\}?/g)].find(([place]) => !places.includes(place))
  return unknown === undefined ? undefined : `may have the places ${places.join(', ')} and no others`
}

const places = ['{exchange}', '{subaccount}', '{wallet}', '{cause}']

/** The period that is meant. Every field that cannot be taken is named. */
export function readPeriod(
  { from, to, period, timezone = 'UTC' }: AskedPeriod,
  life: Life,
): Period | { readonly problems: readonly FieldProblem[] } {
  if (!isTimezone(timezone)) return { problems: [{ field: 'timezone', problem: timezoneProblem(timezone) }] }
  const offset = offsetsOf(timezone)
  if (period !== undefined) {
    if (from !== undefined || to !== undefined)
      return {
        problems: [{ field: 'period', problem: 'says from when to when already: give no other from and to' }],
      }
    const parsed = parsePeriod(period, offset)
    if (parsed === undefined)
      return {
        problems: [
          {
            field: 'period',
            problem: 'must be a year (2026) or its first and last day (2026-04-06/2027-04-05)',
          },
        ],
      }
    return isReversed(parsed)
      ? { problems: [{ field: 'period', problem: 'must end after it begins' }] }
      : within(life, parsed, { from: 'period', to: 'period' }, `${period} `)
  }
  const ends = { from: end(from, 'from', offset), to: end(to, 'to', offset) }
  const wrong = (['from', 'to'] as const).filter((name) => ends[name] === 'wrong')
  if (wrong.length > 0)
    return {
      problems: wrong.map((field) => ({
        field,
        problem: 'must be a day such as 2026-01-31, or a time with its zone such as 2026-01-31T12:00:00Z',
      })),
    }
  const parsed = {
    ...(typeof ends.from === 'number' && { from: ends.from }),
    ...(typeof ends.to === 'number' && { to: ends.to }),
  }
  return isReversed(parsed)
    ? { problems: [{ field: 'to', problem: 'must be later than where it begins' }] }
    : within(life, parsed, { from: 'from', to: 'to' })
}

/** A file of a time in which nothing can have happened would call nothing complete. */
function within(
  { begin, now }: Life,
  period: Period,
  fields: { readonly from: string; readonly to: string },
  named = '',
) {
  if (period.from !== undefined && period.from >= now)
    return {
      problems: [
        {
          field: fields.from,
          problem: `${named}lies in the future: it is ${readableTime(toTheMinute(now))} UTC now`,
        },
      ],
    }
  if (period.to !== undefined && period.to <= begin)
    return {
      problems: [
        {
          field: fields.to,
          problem: `ends before ${readableTime(begin)}, when no exchange that is known here was open`,
        },
      ],
    }
  return period
}

function toTheMinute(time: number): number {
  return Math.floor(time / minute) * minute
}

function end(text: string | undefined, name: 'from' | 'to', offset: ReturnType<typeof offsetsOf>) {
  return text === undefined ? undefined : (parseEnd(text, name, offset) ?? 'wrong')
}

function isReversed({ from, to }: Period): boolean {
  return from !== undefined && to !== undefined && from >= to
}

export type RequestExportPorts = FindConnectionPorts & {
  readonly connections: { list(user: string): Promise<readonly { readonly begun?: true }[]> }
  readonly clock: () => number
  readonly hash: (text: string) => string
  readonly newId: () => string
  readonly exports: {
    find(user: string, id: string): Promise<Export | undefined>
    /** False when there is one of this id already. */
    begin(started: Export): Promise<boolean>
  }
  readonly enqueueExport: (started: Export) => Promise<void>
}

/**
 * Starts an export. The same `idempotencyKey` of the same user means the same export, however often it is asked for.
 * Throws `RefusedError`: for a connection that is not the user's, where there is none at all, and for a key that was used for something else.
 */
export async function requestExport(
  ports: RequestExportPorts,
  user: string,
  request: ExportRequest,
  idempotencyKey?: string,
): Promise<Export> {
  for (const id of request.connections ?? []) await findConnection(ports, user, id)
  if (request.connections === undefined && (await ports.connections.list(user)).every((one) => one.begun))
    throw new RefusedError(
      'nothing-connected',
      'No account is connected yet, so there is nothing to export: connect one first.',
    )
  const id =
    idempotencyKey === undefined
      ? ports.newId()
      : ports.hash(JSON.stringify([user, idempotencyKey])).slice(0, 32)
  const started: Export = { id, user, request, state: 'waiting', requestedAt: ports.clock() }
  if (!(await ports.exports.begin(started))) {
    const known = await readExport(ports, user, id)
    if (JSON.stringify(known.request) !== JSON.stringify(request))
      throw new RefusedError(
        'idempotency-key-reused',
        'This Idempotency-Key was sent with another request before: send a new one.',
      )
    // Sent again, perhaps because the first time ended between the store and the queue.
    if (known.state === 'waiting') await ports.enqueueExport(known)
    return known
  }
  await ports.enqueueExport(started)
  return started
}

/** An export of this user. Another user's is as unknown as one that does not exist. */
export async function readExport(
  { exports }: { readonly exports: Pick<RequestExportPorts['exports'], 'find'> },
  user: string,
  id: string,
): Promise<Export> {
  const found = isId(id) ? await exports.find(user, id) : undefined
  if (found === undefined) throw new RefusedError('not-found', 'There is no export with this id.')
  return found
}

/** What was exported lately, newest first; the store remembers a week. */
export async function listExports(
  { exports }: { readonly exports: { list(user: string): Promise<readonly Export[]> } },
  user: string,
): Promise<readonly Export[]> {
  return [...(await exports.list(user))].sort(
    (a, b) => b.requestedAt - a.requestedAt || (a.id < b.id ? -1 : 1),
  )
}
