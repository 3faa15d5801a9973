import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { exchanges } from '../../lambdas/exchanges/index.ts'
import { parseStages } from '../../lib/config.ts'
import { stageInput } from './stage-input.ts'
import { stacksOf } from './synthesise.ts'

const elasticIps = [7, 8, 9, 10, 11, 12].map((last) => ({
  address: `203.0.113.${last}`,
  allocationId: `eipalloc-${last}`,
}))
const one = stacksOf(stageInput('prod'))
const three = stacksOf(stageInput('prod', { cells: 3, elasticIps }))
const [second, third] = three.cells.map((stack) => Template.fromStack(stack))
const named = (what: string) => `exchange-history-prod-${what}`

describe('A stage with several cells', () => {
  it('has what it had with one: no queue, worker or network of the first is made anew', () => {
    const more = stacksOf(stageInput('prod', { cells: 3 }))
    const network = (stacks: typeof one) => resourcesOf(Template.fromStack(stacks.networks[0] ?? stacks.data))
    expect(network(more)).toEqual(network(one))
    const sync = (stacks: typeof one) =>
      Object.fromEntries(
        Object.entries(resourcesOf(Template.fromStack(stacks.sync))).filter(
          // Which cell it is, and so which code: its version is another one.
          ([, { Type }]) =>
            !['AWS::Lambda::Function', 'AWS::Lambda::Version', 'AWS::Lambda::Alias'].includes(Type),
        ),
      )
    expect(Object.keys(sync(more)).length).toBeGreaterThan(20)
    expect(sync(more)).toEqual(sync(one))
  })

  it('has a queue for each exchange in each cell, all with one place for dead letters', () => {
    for (const [template, cell] of [
      [second, 2],
      [third, 3],
    ] as const) {
      template?.resourceCountIs('AWS::SQS::Queue', exchanges.size)
      for (const exchange of exchanges.keys())
        template?.hasResourceProperties('AWS::SQS::Queue', {
          QueueName: named(`syncs-${exchange}-${cell}`),
          RedrivePolicy: Match.objectLike({
            deadLetterTargetArn: {
              'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(`${named('dead-letters')}$`)])],
            },
          }),
        })
      template?.resourcePropertiesCountIs(
        'AWS::Lambda::EventSourceMapping',
        { ScalingConfig: { MaximumConcurrency: 50 } },
        exchanges.size,
      )
    }
  })

  it('runs the workers of each behind its own addresses, and tells them which cell they are of', () => {
    second?.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: named('worker-2'),
      Environment: { Variables: Match.objectLike({ CELL: '2', POWERTOOLS_SERVICE_NAME: named('worker') }) },
      VpcConfig: Match.objectLike({
        SubnetIds: Match.arrayWith([
          Match.objectLike({ 'Fn::GetStackOutput': Match.objectLike({ StackName: named('network-2') }) }),
        ]),
      }),
    })
    Template.fromStack(three.sync).hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: named('worker'),
      Environment: { Variables: Match.objectLike({ CELL: '1' }) },
    })
    Template.fromStack(one.sync).hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: named('worker'),
      Environment: { Variables: Match.objectLike({ CELL: '' }) },
    })
    expect(three.networks.map((stack) => stack.addresses)).toEqual([
      ['203.0.113.7', '203.0.113.8'],
      ['203.0.113.9', '203.0.113.10'],
      ['203.0.113.11', '203.0.113.12'],
    ])
  })

  it('shows the addresses of each cell, and tells whoever takes keys how many there are', () => {
    const api = Template.fromStack(three.api)
    api.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: named('history'),
      Environment: {
        Variables: Match.objectLike({
          ADDRESSES: '203.0.113.7,203.0.113.8;203.0.113.9,203.0.113.10;203.0.113.11,203.0.113.12',
        }),
      },
    })
    api.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: named('keys'),
      Environment: { Variables: Match.objectLike({ CELLS: '3' }) },
    })
  })

  it('is deployed in an order in which whoever is shown an address finds workers behind it', () => {
    expect(three.api.dependencies).toEqual(expect.arrayContaining([three.sync, ...three.cells]))
    for (const cell of three.cells) expect(cell.dependencies).toContain(three.sync)
  })

  it('has the alarms of each cell, which lead to the pages of the first', () => {
    const alarms = Object.values(Template.fromStack(three.operations).findResources('AWS::CloudWatch::Alarm'))
    for (const page of ['queue-age', 'worker-errors', 'nat-ports'])
      for (const name of [page, `${page}-2`, `${page}-3`]) {
        const found = alarms.find(({ Properties }) => Properties.AlarmName === named(name))
        expect.soft(found?.Properties.AlarmDescription, name).toMatch(new RegExp(`#${page}$`, 'm'))
        // No alarm may look at more than ten figures at once.
        expect.soft(found?.Properties.Metrics.length, name).toBeLessThanOrEqual(11)
      }
  })

  it('needs addresses that are fixed, and as many known ones as there are zones in all cells', () => {
    const wrong = (input: Parameters<typeof stageInput>[1]) => () => parseStages([stageInput('prod', input)])
    expect(wrong({ cells: 2, fixedAddresses: false })).toThrow('fixedAddresses')
    expect(wrong({ cells: 2, elasticIps: elasticIps.slice(0, 2) })).toThrow(
      'one address for each zone of each cell',
    )
    expect(wrong({ cells: 0 })).toThrow('must be 1 to 50')
  })
})

function resourcesOf(template: Template): Record<string, { Type: string }> {
  return template.toJSON().Resources
}
