// Prints `312 passed, 0 failed, 2 skipped` from vitest's JSON report; exits 1 when no test ran.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const passed = report.numPassedTests
const skipped = report.numPendingTests + report.numTodoTests
// A file that cannot be loaded has no failed tests of its own, yet it failed.
const broken = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
)
const failed = report.numFailedTests + broken.length

process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
if (passed + failed === 0) process.exitCode = 1
