import { readFileSync } from 'node:fs'

/**
 * The most memory that this process ever held, in MB of 1,048,576 bytes: its resident set, all of Node and the
 * mapped files of the store included. `resourceUsage` would do, but on Linux a process inherits there what its
 * parent held.
 */
export function peakMegabytes() {
  return (peakOnLinux() ?? process.resourceUsage().maxRSS) / 1_024
}

/** What this process took of the processor until now, whoever else was at work. Seconds. */
export function processorSeconds() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** In KB; undefined where the system does not tell it in this way. */
function peakOnLinux() {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return peak === undefined ? undefined : Number(peak)
  } catch {
    return undefined
  }
}
