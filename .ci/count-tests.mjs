// Prints `312 passed, 0 failed, 2 skipped`, the sum of vitest's JSON reports; exits 1 when one of them has no test that ran.
import { readFileSync } from 'node:fs'

const counts = process.argv.slice(2).map((path) => {
  const report = JSON.parse(readFileSync(path, 'utf8'))
  // A file that cannot be loaded has no failed tests of its own, yet it failed.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
})
const sum = (name) => counts.reduce((total, count) => total + count[name], 0)
const skipped = sum('skipped')

process.stdout.write(
  `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
)
if (counts.length === 0 || counts.some(({ passed, failed }) => passed + failed === 0)) process.exitCode = 1
