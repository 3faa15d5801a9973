// One cold start: tells how long it took from the start of Node until the handler of a bundle was there. In plain
// JavaScript, since a loader of TypeScript would be measured too.
const { handler } = await import(process.argv[2])
const milliseconds = performance.now()
if (typeof handler !== 'function') throw new Error('The bundle has no handler.')
process.send({ milliseconds })
process.disconnect()
