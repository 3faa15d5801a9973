import { join } from 'node:path'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { bundleEntries } from '../lib/bundle.ts'
import { selectStages } from '../lib/config.ts'
import { addStage } from '../lib/stages.ts'
import { stages } from './stages.ts'

const app = new App()
const selected = selectStages(stages, app.node.tryGetContext('stage'))
// Beside the templates: who synthesises elsewhere at the same time does not get in the way.
const code = await bundleEntries(join(app.outdir, 'bundles'))
for (const stage of selected) addStage(app, stage, code)
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
