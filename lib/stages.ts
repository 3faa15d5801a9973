import type { App } from 'aws-cdk-lib'
import { firstCell } from '../lambdas/domain/cell.ts'
import { ApiStack } from './api-stack.ts'
import type { EntryName } from './bundle.ts'
import { CellStack } from './cell-stack.ts'
import type { StageConfig } from './config.ts'
import { DataStack } from './data-stack.ts'
import { DeliveryStack } from './delivery-stack.ts'
import { ExportsStack } from './exports-stack.ts'
import { inCell, resourceName } from './names.ts'
import { NetworkStack, NoNetworkStack } from './network-stack.ts'
import { OperationsStack } from './operations-stack.ts'
import type { Site } from './site.ts'
import { SyncStack } from './sync-stack.ts'

/**
 * Adds the stacks of one stage. `code` is where each function was bundled to, `site` where the console is, `commit` what it was bundled from: a tag of
 * each stack, so that whoever is called at night can deploy the one before.
 */
export function addStage(
  app: App,
  stage: StageConfig,
  code: ReadonlyMap<EntryName, { readonly directory: string }>,
  site: Site,
  commit: string,
) {
  const named = (what: string, description: string) => ({
    stage,
    stackName: resourceName(stage, what),
    description: `Exchange history importer (${stage.name}): ${description}`,
    env: { account: stage.account, region: stage.region },
    tags: { application: 'exchange-history-importer', stage: stage.name, commit },
  })
  // What users rely on cannot be put back once it is deleted.
  const kept = { terminationProtection: stage.name === 'prod' }
  const id = (what: string) => resourceName(stage, what)

  const networks = stage.fixedAddresses
    ? Array.from({ length: stage.cells }, (_, index) => firstCell + index).map((cell) => {
        const name = inCell('network', cell)
        return new NetworkStack(app, id(name), { ...named(name, 'addresses of our own'), ...kept, cell })
      })
    : []
  const [network, ...others] = networks
  const data = new DataStack(app, id('data'), { ...named('data', 'the histories'), ...kept })
  const { history, vault, exports, statements, users } = data
  const shared = { code, network, history, vault, statements }
  const sync = new SyncStack(app, id('sync'), { ...named('sync', 'what asks the exchanges'), ...shared })
  const cells = others.map((behind, index) => {
    const cell = firstCell + 1 + index
    const name = inCell('cell', cell)
    const stack = new CellStack(app, id(name), {
      ...named(name, 'what asks the exchanges from other addresses'),
      ...shared,
      network: behind,
      cell,
    })
    // By its name alone it would not know that what nobody can sync has somewhere to go.
    stack.addStackDependency(sync)
    return stack
  })
  const written = new ExportsStack(app, id('exports'), {
    ...named('exports', 'what writes files for accountants'),
    code,
    history,
    exports,
  })
  const api = new ApiStack(app, id('api'), {
    ...named('api', 'the way in'),
    ...kept,
    ...shared,
    site,
    addresses: networks.length === 0 ? [[]] : networks.map(({ addresses }) => addresses),
    users,
    exports,
    exportQueue: written.queue,
  })
  const operations = new OperationsStack(app, id('operations'), {
    ...named('operations', 'alarms and dashboards'),
    tableName: history.table.tableName,
    natGateways: networks.map(({ natGatewayIds }) => natGatewayIds),
  })
  const delivery =
    stage.delivery === undefined
      ? undefined
      : new DeliveryStack(app, id('delivery'), {
          ...named('delivery', 'who may deploy it'),
          repository: stage.delivery.repository,
        })
  if (network === undefined) {
    const nothing = new NoNetworkStack(app, id('network'), named('network', 'no addresses of our own'))
    // Functions leave a network before it goes.
    nothing.addStackDependency(sync)
    nothing.addStackDependency(api)
  }
  // Whoever is shown an address, or asks for a sync, finds somebody at work behind it.
  for (const behind of [sync, ...cells]) api.addStackDependency(behind)
  // By names alone it would not know that there must be something to watch.
  operations.addStackDependency(api)
  operations.addStackDependency(sync)
  operations.addStackDependency(written)
  return { network, networks, cells, data, sync, exports: written, api, operations, delivery }
}
