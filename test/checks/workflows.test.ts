import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { stages } from '../../bin/stages.ts'

describe('The workflow that delivers', () => {
  it('checks, then deploys dev, then prod, each only when the one before it went well', async () => {
    const { jobs, on } = await workflow('deliver')
    expect(on.push.branches).toEqual(['main'])
    expect(jobs.check.steps.at(-1)).toEqual({ run: '.ci/run' })
    expect([jobs.staging.needs, jobs.production.needs]).toEqual(['check', 'staging'])
    const deployed = [jobs.staging, jobs.production]
    expect(deployed.map((job) => job.with.stage)).toEqual(stages.map(({ name }) => name))
    for (const job of deployed) expect(job.uses).toBe('./.github/workflows/deploy-stage.yml')
  })

  it('does nothing at all until somebody has switched it on: without its set-up it could only fail', async () => {
    const { jobs } = await workflow('deliver')
    expect(jobs.check.if).toBe("vars.DELIVER == 'on'")
    // Skipped with what they need, since neither asks to run all the same.
    expect([jobs.staging.if, jobs.production.if]).toEqual([undefined, undefined])
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    expect(readme).toContain('`DELIVER`')
  })

  it('tries what it deployed, and deploys what was there before when that fails', async () => {
    const steps = (await workflow('deploy-stage')).jobs.deploy.steps as readonly Step[]
    const runs = steps.filter(({ run }) => run !== undefined).map(({ run = '' }) => run)
    const at = (what: string) => runs.findIndex((run) => run.includes(what))
    const order = ['npm ci', 'GITHUB_OUTPUT', 'cdk deploy', 'npm run -s smoke', 'git worktree add'].map(at)
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order).not.toContain(-1)
    expect(steps.find(({ run }) => run?.includes('worktree'))?.if).toContain(
      "steps.smoke.outcome == 'failure'",
    )
  })

  it('asks GitHub to vouch for it in the environment of the stage, and keeps no key of AWS', async () => {
    const { jobs } = await workflow('deploy-stage')
    expect(jobs.deploy.environment).toBe(expression('inputs.stage'))
    expect(jobs.deploy.permissions).toEqual({ contents: 'read', 'id-token': 'write' })
    const text = await page('deploy-stage')
    expect(text).not.toMatch(/aws-access-key-id|AWS_SECRET_ACCESS_KEY/)
    for (const name of ['deliver', 'deploy-stage'])
      expect((await workflow(name)).permissions).toEqual({ contents: 'read' })
  })

  it('hands secrets to one step, by its variables: none is pasted into a command', async () => {
    const steps = (await workflow('deploy-stage')).jobs.deploy.steps as readonly Step[]
    const withSecrets = steps.filter((step) => JSON.stringify(step).includes('secrets.'))
    expect(withSecrets.map(({ id }) => id)).toEqual(['smoke'])
    for (const { run = '' } of steps) expect(run).not.toContain(expression('').slice(0, 3))
  })

  it('says where each of its variables comes from in the README', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const named = [...(await page('deploy-stage')).matchAll(/(?:secrets|vars)\.(\w+)/g)].map(
      ([, name = '']) => name,
    )
    expect(named.length).toBeGreaterThan(8)
    for (const name of named) expect.soft(readme).toContain(`\`${name}\``)
  })
})

type Step = { readonly id?: string; readonly if?: string; readonly run?: string }

function expression(text: string): string {
  return `$${`{{ ${text} }}`}`
}

function page(name: string): Promise<string> {
  return readFile(new URL(`../../.github/workflows/${name}.yml`, import.meta.url), 'utf8')
}

async function workflow(name: string) {
  return parse(await page(name))
}
