// A process of its own, so that what it takes to bundle a program is not in the memory of the program.
import { register } from 'tsx/esm/api'

// Not the settings of whichever project the user happens to stand in.
register({ tsconfig: false })

const { bundleProgram } = await import('./program.ts')
try {
  await bundleProgram(process.argv[2])
} catch (error) {
  // A disk that is full or read-only: there may be another.
  if (typeof error?.syscall !== 'string') throw error
  process.exitCode = 3
}
