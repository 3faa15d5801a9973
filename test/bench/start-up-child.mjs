// One cold start: tells how long it took from the start of Node until the handler of a bundle was there, and what that took of the processor. In plain
// JavaScript, since a loader of TypeScript would be measured too.
const { handler } = await import(process.argv[2])
const milliseconds = performance.now()
if (typeof handler !== 'function') throw new Error('The bundle has no handler.')
const { user, system } = process.cpuUsage()
process.send({ milliseconds, processor: (user + system) / 1_000 })
process.disconnect()
