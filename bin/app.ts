import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { bundleEntries } from '../lib/bundle.ts'
import { selectStages } from '../lib/config.ts'
import { addStage } from '../lib/stages.ts'
import { stages } from './stages.ts'

const app = new App()
const selected = selectStages(stages, app.node.tryGetContext('stage'))
const code = await bundleEntries('.bundles')
for (const stage of selected) addStage(app, stage, code)
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
