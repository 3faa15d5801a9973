import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { parseStages } from '../../lib/config.ts'
import { stageInput } from './stage-input.ts'
import { stacksOf } from './synthesise.ts'

type Statement = {
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Condition?: unknown
}

/** What each function may do with envelopes and their key, from the templates. */
function permissionsOf(moveCredentials: boolean) {
  const { data, sync, api } = stacksOf(stageInput('prod', { vault: 'envelopes', moveCredentials }))
  const found: Record<string, readonly Statement[]> = {}
  for (const stack of [sync, api]) {
    const template = Template.fromStack(stack)
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
      // What copies the console has no name of ours; the guard rails say what it may do.
      if (Properties.FunctionName === undefined) continue
      const role = Properties.Role['Fn::GetAtt'][0]
      const statements = Object.values(template.findResources('AWS::IAM::Policy'))
        .filter((policy) => JSON.stringify(policy.Properties.Roles).includes(`"${role}"`))
        .flatMap((policy): readonly Statement[] => policy.Properties.PolicyDocument.Statement)
        .filter(({ Resource }) => /Envelopes|CredentialsKey/.test(JSON.stringify(Resource)))
      found[String(Properties.FunctionName).split('-').at(-1) ?? ''] = statements
    }
  }
  return { found, data: Template.fromStack(data) }
}

/** Those on the table, and those on the key that do not go through Secrets Manager. */
function actionsOf(statements: readonly Statement[] = []): readonly string[] {
  return statements
    .filter(({ Condition }) => !JSON.stringify(Condition ?? '').includes('kms:ViaService'))
    .flatMap(({ Action }) => [Action].flat())
    .sort()
}

describe('A stage with envelopes', () => {
  const { found, data } = permissionsOf(false)

  it('lets the way in make envelopes and not open one, the worker open them and not make one, and nobody else do either', () => {
    expect(Object.fromEntries(Object.entries(found).map(([name, list]) => [name, actionsOf(list)]))).toEqual({
      keys: ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'kms:Encrypt'],
      worker: ['dynamodb:GetItem', 'kms:Decrypt'],
      history: ['dynamodb:DeleteItem'],
      sweeper: ['dynamodb:DeleteItem'],
      planner: [],
      catalogue: [],
      imports: [],
    })
  })

  it('lets the key be used with the name of a user and a connection only', () => {
    const direct = Object.values(found)
      .flat()
      .filter(({ Action, Condition }) => {
        const isOfKey = JSON.stringify(Action).includes('kms:')
        return isOfKey && !JSON.stringify(Condition ?? '').includes('kms:ViaService')
      })
    expect(direct).toHaveLength(2)
    for (const { Condition } of direct)
      expect(Condition).toEqual({
        StringLike: { 'kms:EncryptionContext:user': '?*', 'kms:EncryptionContext:connection': '?*' },
      })
  })

  it('reads what is still in Secrets Manager', () => {
    const through = (found.worker ?? []).filter(({ Condition }) =>
      JSON.stringify(Condition ?? '').includes('secretsmanager'),
    )
    expect(through).toHaveLength(1)
  })

  it('keeps no copy of an envelope that is deleted, and outlives its stack', () => {
    const tables = Object.values(data.findResources('AWS::DynamoDB::GlobalTable'))
    const envelopes = tables.find(({ Properties }) => Properties.KeySchema.length === 1)
    expect(envelopes).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
          },
        ],
      },
    })
  })

  it('comes back by the name of its table', () => {
    const existing = { envelopes: 'kept-envelopes' }
    const again = stacksOf(stageInput('prod', { vault: 'envelopes', existing }))
    const names = Template.fromStack(again.data).findOutputs('EnvelopesName')
    expect(Object.values(names)).toEqual([expect.objectContaining({ Value: 'kept-envelopes' })])
  })
})

describe('The function that moves credentials', () => {
  it('is there while the stage says so, and is the only one that may both read and write them', () => {
    const { found } = permissionsOf(true)
    const both = ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'kms:Decrypt', 'kms:Encrypt']
    expect(actionsOf(found.mover)).toEqual(both)
    expect(actionsOf(found.worker)).toEqual(['dynamodb:GetItem', 'kms:Decrypt'])
  })

  it('is refused where there is nothing to move between', () => {
    expect(() => parseStages([stageInput('dev', { moveCredentials: true })])).toThrow('say envelopes first')
  })
})
