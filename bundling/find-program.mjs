// Plain JavaScript and nothing but Node, since it runs before anything else is there.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The folder of the programs as they are written now: bundled, which takes a second or two, when there is none.
 * A folder is named after all that went into it, gets its name when it is whole, and never changes: two that start at once do
 * no harm, and one that runs on keeps its own.
 */
export function findProgram() {
  const name = nameOfSources()
  const places = [join(root, 'node_modules/.cache/exchange-history'), placeOfUser()]
  const known = places.map((place) => join(place, name)).find((folder) => existsSync(folder))
  if (known !== undefined) return use(known)
  for (const place of places) {
    const making = makeFolder(place)
    if (making === undefined || !bundleInto(making)) continue
    giveName(making, join(place, name))
    removeUnused(place)
    return use(join(place, name))
  }
  // Nothing can be written where programs are kept: this one is for now. Nobody else can have put it there, or look for it.
  const passing = mkdtempSync(join(tmpdir(), 'exchange-history-'))
  process.on('exit', () => rmSync(passing, { recursive: true, force: true }))
  if (bundleInto(passing)) return passing
  return leave(
    `The programs found no room in any of ${[...places, passing].join(', ')}: make some, and start again.`,
  )
}

/** Contents and not dates: those in a package are all alike, and a checkout changes them without need. */
function nameOfSources() {
  const hash = createHash('sha256').update(root)
  const sources = ['bundling', 'lambdas', 'local', 'web'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => /\.m?ts$/.test(file))
      .sort()
      .map((file) => join(folder, file)),
  )
  for (const file of ['package.json', ...sources]) hash.update(file).update(readFileSync(join(root, file)))
  for (const version of installed()) hash.update(version)
  return hash.digest('hex').slice(0, 32)
}

/** Which packages lie beside us, in npm's words; others who install them leave the versions of those that we name. */
function installed() {
  const homes = [join(root, 'node_modules'), join(root, '..')]
  const told = homes.map((home) => join(home, '.package-lock.json')).filter((file) => existsSync(file))
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const named = Object.keys(dependencies).flatMap((name) =>
    homes.map((home) => join(home, name, 'package.json')).filter((file) => existsSync(file)),
  )
  return [...told, ...named].map((file) => readFileSync(file))
}

function placeOfUser() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  const ofSystem = { darwin: join(homedir(), 'Library/Caches'), win32: LOCALAPPDATA }[process.platform]
  return join(XDG_CACHE_HOME || ofSystem || join(homedir(), '.cache'), 'exchange-history')
}

function makeFolder(place) {
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 })
    return mkdtempSync(join(place, 'making-'))
  } catch {
    return undefined
  }
}

/** Whether there was room for them. */
function bundleInto(folder) {
  const shell = process.ppid
  const script = fileURLToPath(new URL('bundle-program.mjs', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [script, folder], {
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  // npm gives a SIGTERM to the shell that it runs us in, which dies of it: nobody waits for us any more.
  if (process.env.npm_lifecycle_event !== undefined && process.ppid !== shell) process.exit(143)
  if (status === 0) return true
  rmSync(folder, { recursive: true, force: true })
  if (status === noRoom) return false
  return leave(`${stderr}The programs could not be put together: the reason is above.`)
}

const noRoom = 3

function leave(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

function giveName(made, folder) {
  try {
    renameSync(made, folder)
  } catch (error) {
    // Somebody else was quicker.
    if (!existsSync(folder)) throw error
    rmSync(made, { recursive: true, force: true })
  }
}

const hour = 3_600_000

/** Marks the folder as used, as long as this process runs. */
function use(folder) {
  const mark = () => {
    try {
      const now = new Date()
      utimesSync(folder, now, now)
    } catch {
      // Only those who may write there tidy up.
    }
  }
  mark()
  setInterval(mark, hour).unref()
  return folder
}

/** What was not used for a day belongs to sources that are gone: one that runs marks its own every hour. */
function removeUnused(place) {
  for (const name of readdirSync(place)) {
    const folder = join(place, name)
    try {
      if (statSync(folder).mtimeMs < Date.now() - 24 * hour) rmSync(folder, { recursive: true, force: true })
    } catch {
      // Removed by somebody else.
    }
  }
}
