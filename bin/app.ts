import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { bundleEntries } from '../lib/bundle.ts'
import { type StageConfig, selectStages } from '../lib/config.ts'
import { writeSite } from '../lib/site.ts'
import { addStage } from '../lib/stages.ts'
import { stages } from './stages.ts'

const app = new App()
const selected = selectStages(stages, app.node.tryGetContext('stage'))
// Beside the templates: who synthesises elsewhere at the same time does not get in the way.
const code = await bundleEntries(join(app.outdir, 'bundles'))
const site = await writeSite(join(app.outdir, 'console'))
// Where an alarm rings already, a deployment that watches it would be stopped: also the one that puts it right.
const isUnwatched = app.node.tryGetContext('unwatched') === 'true'
for (const stage of selected)
  addStage(
    app,
    isUnwatched ? { ...stage, changes: unwatched(stage.changes) } : stage,
    code,
    site,
    deployedCommit(),
  )
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))

function unwatched(changes: StageConfig['changes']): StageConfig['changes'] {
  return changes === 'gradually' ? 'unwatched' : changes
}

/** What is deployed, as git names it; with `-changed` where that is not all. A folder without git has no name. */
function deployedCommit(): string {
  const git = (...options: readonly string[]) =>
    execFileSync('git', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '-changed'
    return git('rev-parse', 'HEAD') + changed
  } catch {
    return 'unknown'
  }
}
