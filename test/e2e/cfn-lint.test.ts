import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stageInput } from '../infra/stage-input.ts'
import { appOf } from '../infra/synthesise.ts'

const installed = spawnSync('cfn-lint', ['--version']).status === 0

describe('cfn-lint', () => {
  it.skipIf(!installed)(
    `finds no fault in the stacks of any stage${installed ? '' : ' (skipped: it is not installed)'}`,
    async () => {
      const outdir = await mkdtemp(join(tmpdir(), 'assembly-'))
      onTestFinished(() => rm(outdir, { recursive: true }))
      const { stacks } = appOf([stageInput('dev'), stageInput('prod')], {
        outdir,
        builtinCloudFormationValidation: false,
      }).synth()
      const files = stacks.map(({ templateFullPath }) => templateFullPath)
      expect(files.length).toBeGreaterThan(0)
      // W3005: CDK says twice that a function comes after its role. E6101: it does not know yet that what CDK refers to in
      // another stack by Fn::GetStackOutput is a string.
      const lint = promisify(execFile)('cfn-lint', ['--ignore-checks', 'W3005', 'E6101', '--', ...files])
      const { code, stdout } = await lint.then(
        (finished) => ({ ...finished, code: 0 }),
        (error: { code: number; stdout: string }) => error,
      )
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    },
  )
})
