import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsCliInstalled, startAwsCli } from './aws-cli.ts'
import { motoInstalled, startMoto } from './emulators.ts'
import { cdkPages, runsOf, shellOf } from './shell-lines.ts'

const run = promisify(execFile)
const isSkipped = !motoInstalled || !awsCliInstalled
const skipped = isSkipped ? ' (skipped: moto_server or the AWS CLI is not installed)' : ''

const table = 'histories'
const stage = 'prod'
const region = 'us-east-1'
const name = (what: string) => `exchange-history-${stage}-${what}`

/** What the page leaves to whoever reads it. */
const placeholders: readonly (readonly [RegExp, string])[] = [
  [/--desired-value NUMBER/g, '--desired-value 200'],
  [/2026-12-24T03:00:00Z/g, new Date(Date.now() - 60_000).toISOString()],
]

/** What the emulator has of AWS; the rest is checked by the CLI's own model. */
const emulated = [
  ...[
    'dynamodb',
    'kms',
    'secretsmanager',
    'cognito-idp',
    'cloudformation',
    'cloudwatch',
    'logs',
    'sns',
    's3api',
  ],
  ...['wafv2 create-web-acl', 'wafv2 list-web-acls'],
  ...[
    'create-queue',
    'list-queues',
    'get-queue-url',
    'get-queue-attributes',
    'receive-message',
    'purge-queue',
  ].map((operation) => `sqs ${operation}`),
]

describe.skipIf(isSkipped)(`The runbook${skipped}`, () => {
  let moto: Awaited<ReturnType<typeof startMoto>>
  let cli: Awaited<ReturnType<typeof startAwsCli>>
  let home: string
  let environment: NodeJS.ProcessEnv

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'runbook-'))
    moto = await startMoto()
    cli = await startAwsCli(home, emulated)
    environment = {
      ...process.env,
      PATH: `${home}${delimiter}${process.env.PATH}`,
      CALLS: join(home, 'calls'),
      AWS_ENDPOINT_URL: moto.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_PAGER: '',
    }
    await prepare(stageInEmulator)
  }, 180_000)
  afterAll(async () => {
    await cli?.close()
    await moto?.close()
    await rm(home, { recursive: true, force: true })
  })

  /** Ends at the first command that fails, and says which one it was. */
  async function bash(script: string): Promise<string> {
    // Node hands over a socket, which nothing can open by its name: a pipe is what a terminal's user has.
    const strict = `exec > >(cat)\nset -eE -o pipefail\ntrap 'echo "failed: $BASH_COMMAND" >&2' ERR\n${script}`
    try {
      return (await run('bash', ['-c', strict], { env: environment, cwd: home })).stdout
    } catch (error) {
      // Node would quote the whole page.
      throw new Error(String((error as { stderr?: string }).stderr))
    }
  }

  /** What is not of the page, which has to name the region itself. */
  function prepare(script: string): Promise<string> {
    return bash(`export AWS_DEFAULT_REGION=${region}\n${script}`)
  }

  it('can be carried out, every block of it in its order, as it is pasted', async () => {
    const { blocks } = shellOf(await page())
    expect(blocks.length).toBeGreaterThan(35)
    const user = (
      await prepare(`aws cognito-idp admin-get-user --user-pool-id ${await pool()} --username ann --output text \
      --query "UserAttributes[?Name=='sub'].Value"`)
    ).trim()
    const filled = placeholders.reduce(
      (text, [what, value]) => text.replaceAll(what, value),
      blocks.join('\n\n').replaceAll('00000000-0000-0000-0000-000000000000', user),
    )
    await bash(`${withoutDeploying}\n${filled}`)
    const calls = (await readFile(join(home, 'calls'), 'utf8')).split('\n')
    for (const call of [
      'logs start-query',
      'dynamodb query',
      'kms disable-key',
      'wafv2 get-sampled-requests',
    ])
      expect(calls).toContain(call)
  }, 600_000)

  it('asks its commands between the lines as the services take them', async () => {
    const { inline } = shellOf(await page())
    expect(inline.length).toBeGreaterThan(10)
    const checked = inline.map((command) => `ONLY_MODEL=1 ${command} > /dev/null`)
    await bash([await firstBlock(), 'ID=a-name UUID=b STATEMENTS=files', ...checked].join('\n'))
  }, 300_000)

  it('prints what a log holds field by field, where results are not empty and fields are absent', async () => {
    const log = `/exchange-history/${stage}/worker`
    // The question ends with a whole second: what was logged in this one may not be in it.
    const now = Date.now() - 60_000
    await prepare(`aws logs create-log-stream --log-group-name ${log} --log-stream-name one
      aws logs put-log-events --log-group-name ${log} --log-stream-name one --log-events \
        '[{"timestamp":${now - 1_000},"message":"first"},{"timestamp":${now},"message":"second"}]' > /dev/null`)
    const printed = await bash(`${await firstBlock()}\nask worker 1 'fields @timestamp, @message'`)
    const lines = printed.trim().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines.join('\n')).toMatch(/@message=first/)
    expect(lines.join('\n')).not.toContain('@ptr')
  })

  it('makes a connection due that a user waits for, and shows it', async () => {
    await prepare(`aws dynamodb put-item --table-name ${table} --item '${JSON.stringify(connection)}'`)
    const printed = await bash(`${await firstBlock()}\nsync_now ann c1 > /dev/null\ndue 1`)
    expect(printed.trim().split(/\s+/)).toEqual([
      expect.stringMatching(/^\d{13}$/),
      'bitmart',
      'connected',
      'c1',
      'ann',
    ])
  })

  it('has a drill that restores rows and says so, and does not take nothing, or rows that are missing or hold something else, for success', async () => {
    const drill = `bash ${process.cwd()}/bin/restore-drill.sh ${table}`
    await expect(prepare(`${drill} no-rows`)).rejects.toThrow('No row was restored')
    const owner = 'USER#eve#CONNECTION#c9'
    const item = {
      ...connection,
      PK: { S: 'USER#eve' },
      SK: { S: 'CONNECTION#c9' },
      id: { S: 'c9' },
      user: { S: 'eve' },
    }
    const put = (one: object) => `aws dynamodb put-item --table-name ${table} --item '${JSON.stringify(one)}'`
    const row = (at: number, amount = '1.10') => ({
      ...{ PK: { S: owner }, SK: { S: `TX#spot-trade#${at}#x` } },
      ...{ amount: { S: amount }, raw: { M: { price: { S: '5' }, tags: { L: [{ S: 'a' }] } } } },
    })
    const keyOf = ({ PK, SK }: ReturnType<typeof row>) => ({ PK, SK })
    expect(await prepare([item, row(1), row(2)].map(put).concat(drill).join('\n'))).toMatch(
      /connection c9: 2 rows restored, 0 newer than that, 0 that the table has not, 0 with other contents\n[\s\S]*2 rows can be restored/,
    )
    const lose = `aws dynamodb delete-item --table-name ${table} --key '${JSON.stringify(keyOf(row(1)))}'`
    await prepare(`aws dynamodb restore-table-to-point-in-time --source-table-name ${table} \\
      --target-table-name kept --use-latest-restorable-time > /dev/null`)
    await expect(prepare(`${put(row(2, '1.1'))}\n${drill} kept`)).rejects.toThrow(
      '1 rows hold something else in kept',
    )
    await expect(prepare(`${put(row(2))}\n${lose}\n${drill} kept`)).rejects.toThrow(
      '1 rows are in kept and not in histories',
    )
  })

  it('counts what the bucket holds of each statement file that the table knows, and finds what was deleted', async () => {
    const item = (id: string) => ({
      ...{ PK: { S: 'USER#ann#CONNECTION#c8' }, SK: { S: `FILE#${id}` } },
      ...{ id: { S: id }, state: { S: 'stored' } },
    })
    const key = (id: string) => `ann/statement-files/c8/${id}/content`
    const put = (id: string) => [
      `aws dynamodb put-item --table-name ${table} --item '${JSON.stringify(item(id))}'`,
      `aws s3api put-object --bucket files --key ${key(id)} > /dev/null`,
    ]
    await prepare(
      [
        ...put('f1'),
        ...put('f2'),
        `aws s3api delete-object --bucket files --key ${key('f2')} > /dev/null`,
      ].join('\n'),
    )
    const { blocks } = shellOf(await page())
    const asked = blocks
      .filter((block) => /^(files|deleted)\(\) /m.test(block))
      .map((block) =>
        block.replace('files USER_ID ID', 'files ann c8').replace('USER_ID/', 'ann/').replace('/ID/', '/c8/'),
      )
    expect(asked).toHaveLength(2)
    const printed = await bash([await firstBlock(), ...asked].join('\n'))
    expect(printed).toMatch(/^f1 stored 1\nf2 stored 0\n/)
    const [, version = ''] = /(\S+)\tann\/statement-files\/c8\/f2\/content$/m.exec(printed) ?? []
    await prepare(`aws s3api delete-object --bucket files --key ${key('f2')} --version-id ${version}`)
    expect(await bash([await firstBlock(), ...asked].join('\n'))).toMatch(/^f1 stored 1\nf2 stored 1\n/)
  })

  it('is preceded by lines of the README that deploy a stage, make its user, and give that user a second factor', async () => {
    const { blocks } = shellOf(await page('README.md'))
    const cloud = blocks.filter((block) => /^(aws|npx cdk|TOKEN=|ACCESS=|export) ?/m.test(block))
    expect(cloud.length).toBeGreaterThan(3)
    const client = await prepare(`aws cognito-idp create-user-pool-client --user-pool-id ${await pool()} \\
      --client-name console --explicit-auth-flows USER_PASSWORD_AUTH --query UserPoolClient.ClientId --output text`)
    const filled = cloud
      .join('\n')
      .replaceAll('POOL', await pool())
      .replaceAll('CLIENT', client.trim())
      .replaceAll('…', 'Correct-horse-7')
    const printed = await bash(`${withoutDeploying}\n${filled}\necho "token: $TOKEN"`)
    expect(printed).toMatch(/token: [\w-]+\.[\w-]+\.[\w-]+$/m)
    expect(
      await prepare(`aws cognito-idp admin-get-user --user-pool-id ${await pool()} \\
      --username you@example.com --query UserMFASettingList --output text`),
    ).toContain('SOFTWARE_TOKEN_MFA')
  })

  it('is followed by a workflow, each of whose commands does in a stage what it is for', async () => {
    const runs = runsOf(await page('.github/workflows/deploy-stage.yml'))
    expect(runs.length).toBeGreaterThan(4)
    const client = await prepare(`aws cognito-idp create-user-pool-client --user-pool-id ${await pool()} \\
      --client-name smoke --explicit-auth-flows USER_PASSWORD_AUTH --query UserPoolClient.ClientId --output text
      aws cognito-idp admin-create-user --user-pool-id ${await pool()} --username smoke > /dev/null
      aws cognito-idp admin-set-user-password --user-pool-id ${await pool()} --username smoke --permanent --password Correct-horse-7`)
    await writeFile(
      join(home, 'api.json'),
      JSON.stringify({
        Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
        Outputs: { ClientId: { Value: client.trim() }, ApiUrl: { Value: 'https://api.example.com/prod' } },
      }),
    )
    await prepare(
      `aws cloudformation create-stack --stack-name ${name('api')} --template-body file://api.json > /dev/null`,
    )
    const said = await prepare(
      [
        withoutDeploying,
        // What is run here is told; the smoke test has tests of its own.
        'npm() { echo "npm $* with the token $SMOKE_TOKEN"; }\nnpx() { echo "npx $*"; }\ngit() { echo "git $*"; }',
        `export STAGE=${stage} GITHUB_OUTPUT=$PWD/outputs SMOKE_USER=smoke SMOKE_PASSWORD=Correct-horse-7 SMOKE_EXCHANGE=bingx`,
        // The step is given what an earlier one has told.
        ...runs.map(
          (script) =>
            `BEFORE=$(sed -n 's/^commit=//p' outputs 2> /dev/null || true)\n(\nset -eo pipefail\n${script}\n)`,
        ),
        'cat outputs',
      ].join('\n'),
    )
    expect(said).toMatch(
      /npm run -s smoke -- --api https:\/\/api\.example\.com\/prod --exchange bingx with the token [\w-]+\.[\w-]+\.[\w-]+/,
    )
    expect(said).toContain(`npx cdk deploy --all -c stage=${stage} --require-approval never`)
    expect(said).toContain(`git worktree add ../rollback ${deployedCommit}\n`)
    expect(said).toContain(
      `npx cdk deploy --all -c stage=${stage} -c unwatched=true --require-approval never`,
    )
    expect(said).toMatch(new RegExp(`^commit=${deployedCommit}$`, 'm'))
  })

  it('calls the CDK with options that it knows, whichever page says so', async () => {
    const pages = await Promise.all(cdkPages.map((path) => page(path)))
    const calls = new Set(pages.flatMap((text) => text.match(/npx cdk [a-z][^`\n)#]*/g) ?? []))
    expect(calls.size).toBeGreaterThan(2)
    const split = [...calls].map((call) => ({ call, words: call.trim().split(' ').slice(2) }))
    const commands = [...new Set(split.map(({ words: [command = ''] }) => command))]
    const help = new Map(
      await Promise.all(
        commands.map(async (command): Promise<[string, string]> => {
          return [command, (await run('node_modules/.bin/cdk', [command, '--help'])).stdout]
        }),
      ),
    )
    for (const { call, words } of split) {
      const [command = '', ...options] = words
      const stdout = help.get(command) ?? ''
      for (const option of options.filter((one) => one.startsWith('-'))) {
        const known = new RegExp(`^ +.*${option.length === 2 ? option : `${option} `}`, 'm')
        expect(stdout, `${call}: ${option}`).toMatch(known)
      }
    }
  })

  function page(path = 'docs/runbook.md'): Promise<string> {
    return readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')
  }

  async function firstBlock(): Promise<string> {
    const { blocks } = shellOf(await page())
    return blocks[0] ?? ''
  }

  async function pool(): Promise<string> {
    const found = await prepare(
      'aws cognito-idp list-user-pools --max-results 9 --output text --query "UserPools[0].Id"',
    )
    return found.trim()
  }
})

const deployedCommit = '0123456789abcdef0123456789abcdef01234567'

/** What deploys and what keeps the code is not tried here. */
const withoutDeploying = 'mkdir -p at/rollback at/here\ncd at/here\ngit() { :; }\nnpm() { :; }\nnpx() { :; }'

const connection = {
  PK: { S: 'USER#ann' },
  SK: { S: 'CONNECTION#c1' },
  id: { S: 'c1' },
  user: { S: 'ann' },
  exchange: { S: 'bitmart' },
  status: { S: 'connected' },
  dueShard: { S: '3' },
  dueAt: { N: '4102444800000' },
}

/** What the commands reach for: the resources of a stage under their names. */
const stageInEmulator = `
aws dynamodb create-table --table-name ${table} --billing-mode PAY_PER_REQUEST \\
  --attribute-definitions AttributeName=PK,AttributeType=S AttributeName=SK,AttributeType=S \\
    AttributeName=dueShard,AttributeType=S AttributeName=dueAt,AttributeType=N \\
  --key-schema AttributeName=PK,KeyType=HASH AttributeName=SK,KeyType=RANGE \\
  --global-secondary-indexes 'IndexName=due,KeySchema=[{AttributeName=dueShard,KeyType=HASH},{AttributeName=dueAt,KeyType=RANGE}],Projection={ProjectionType=ALL}' > /dev/null
aws dynamodb update-continuous-backups --table-name ${table} \\
  --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true > /dev/null
cat > data.json <<'JSON'
{"Resources":{"Handle":{"Type":"AWS::CloudFormation::WaitConditionHandle"}},"Outputs":{"TableName":{"Value":"${table}"},"StatementsName":{"Value":"files"}}}
JSON
for stack in data sync; do
  aws cloudformation create-stack --stack-name ${name('$stack')} --template-body file://data.json \\
    --tags Key=commit,Value=${deployedCommit} > /dev/null
done
aws s3api create-bucket --bucket files > /dev/null
aws s3api put-bucket-versioning --bucket files --versioning-configuration Status=Enabled
for queue in syncs-bitmart syncs-bingx-2 dead-letters exports dead-exports; do
  aws sqs create-queue --queue-name ${name('$queue')} > /dev/null
done
aws wafv2 create-web-acl --name ${name('firewall')} --scope REGIONAL --default-action Allow={} \\
  --visibility-config SampledRequestsEnabled=true,CloudWatchMetricsEnabled=true,MetricName=all > /dev/null
for log in history keys imports worker planner catalogue sweeper exporter access; do
  aws logs create-log-group --log-group-name /exchange-history/${stage}/$log
done
KEY=$(aws kms create-key --query KeyMetadata.KeyId --output text)
aws kms create-alias --alias-name alias/${name('credentials')} --target-key-id "$KEY"
POOL=$(aws cognito-idp create-user-pool --pool-name ${name('users')} --query UserPool.Id --output text)
aws cognito-idp admin-create-user --user-pool-id "$POOL" --username ann > /dev/null
`
