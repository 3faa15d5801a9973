import { App } from 'aws-cdk-lib'
import { selectStages } from '../lib/config.ts'
import { DataStack } from '../lib/data-stack.ts'

const app = new App()

for (const { name, account, region } of selectStages(app.node.tryGetContext('stage'))) {
  new DataStack(app, `exchange-history-${name}-data`, {
    env: { account, region },
    description: `Exchange history importer (${name}): the histories`,
    tags: { application: 'exchange-history-importer', stage: name },
  })
}
