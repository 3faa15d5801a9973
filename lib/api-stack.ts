import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import {
  AccessLogField,
  AccessLogFormat,
  AuthorizationType,
  CognitoUserPoolsAuthorizer,
  EndpointType,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  type Method,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway'
import type { IUserPool } from 'aws-cdk-lib/aws-cognito'
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'
import type { HistoryEnvironment, ImportsEnvironment, KeysEnvironment } from '../lambdas/api/env.ts'
import type { EntryName } from './bundle.ts'
import type { StageConfig } from './config.ts'
import { consoleFiles } from './constructs/console-files.ts'
import { firewall, firewallLog, signInFirewall } from './constructs/firewall.ts'
import { type FrontDoor, frontDoor } from './constructs/front-door.ts'
import { liveVersion } from './constructs/gradual.ts'
import type { Exports, FixedAddresses, History, Statements, Vault } from './constructs/importer-function.ts'
import { ImporterFunction } from './constructs/importer-function.ts'
import { importerLog } from './constructs/importer-log.ts'
import { signInClient, signInPage } from './constructs/sign-in.ts'
import { gatewayProblems, problemDocument } from './gateway-responses.ts'
import { resourceName } from './names.ts'
import type { Site } from './site.ts'

export type ApiStackProps = StackProps & {
  readonly stage: StageConfig
  readonly code: ReadonlyMap<EntryName, { readonly directory: string }>
  readonly site: Site
  readonly network: FixedAddresses | undefined
  /** The addresses of each cell; those of the first are the network's. */
  readonly addresses: readonly (readonly string[])[]
  readonly history: History
  readonly vault: Vault
  readonly users: IUserPool
  readonly exports: Exports
  readonly statements: Statements
  readonly exportQueue: IQueue
}

/** Requests a second, and how many may come at once: for everything, and for what asks an exchange. */
const throttling = { rate: 200, burst: 400 }
const keysThrottling = { throttlingRateLimit: 20, throttlingBurstLimit: 40 }

/** The way in: sign-in, firewall, gateway, and the functions behind it. */
export class ApiStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    {
      stage,
      code,
      site,
      network,
      addresses,
      history,
      vault,
      users,
      exports,
      statements,
      exportQueue,
      ...props
    }: ApiStackProps,
  ) {
    super(scope, id, props)

    const coolDown = String(stage.syncCoolDownSeconds)
    const historyFunction = new ImporterFunction<HistoryEnvironment>(this, 'History', {
      stage,
      entry: 'history',
      code,
      description: 'Serves every route that takes no key',
      memorySize: 512,
      timeout: Duration.seconds(15),
      environment: (bind) => ({
        TABLE_NAME: bind.bindTable(history),
        QUEUE_URL: bind.bindSyncQueues(),
        SECRET_PREFIX: bind.bindSecrets(vault, 'DeleteSecret'),
        ENVELOPE_TABLE: bind.bindEnvelopes(vault, 'destroy'),
        SYNC_COOL_DOWN_SECONDS: coolDown,
        EXPORT_QUEUE_URL: bind.bindQueue(exportQueue),
        EXPORT_BUCKET: bind.bindExports(exports, 'read'),
        STATEMENT_BUCKET: bind.bindStatements(statements, 'forget'),
        ADDRESSES: addresses.map((ofCell) => ofCell.join(',')).join(';'),
      }),
    })
    const keysFunction = new ImporterFunction<KeysEnvironment>(this, 'Keys', {
      stage,
      entry: 'keys',
      code,
      description: 'Takes keys: tries them at the exchange, and keeps them where it cannot read them again',
      memorySize: 1024,
      timeout: Duration.seconds(29),
      network,
      environment: (bind) => ({
        TABLE_NAME: bind.bindTable(history),
        QUEUE_URL: bind.bindSyncQueues(),
        SECRET_PREFIX: bind.bindSecrets(vault, 'CreateSecret', 'DeleteSecret'),
        ENVELOPE_TABLE: bind.bindEnvelopes(vault, 'seal', 'destroy'),
        SECRET_KEY_ARN: vault.key.keyArn,
        SYNC_COOL_DOWN_SECONDS: coolDown,
        CELLS: String(stage.cells),
      }),
    })
    const importsFunction = new ImporterFunction<ImportsEnvironment>(this, 'Imports', {
      stage,
      entry: 'imports',
      code,
      description: 'Reads statement files, and stores what they tell',
      // Two hundred thousand rows are read and merged while somebody waits, and more memory is more of a processor.
      memorySize: 1769,
      timeout: Duration.seconds(29),
      environment: (bind) => ({
        TABLE_NAME: bind.bindTable(history),
        STATEMENT_BUCKET: bind.bindStatements(statements, 'use'),
      }),
    })

    const api = this.gateway(stage)
    const authorizer = new CognitoUserPoolsAuthorizer(this, 'SignedIn', {
      cognitoUserPools: [users],
    })
    const integration = { scopePermissionToMethod: false }
    const toHistory = new LambdaIntegration(
      liveVersion(this, 'History', stage, historyFunction, 'api-5xx', 'api-latency'),
      integration,
    )
    const toKeys = new LambdaIntegration(
      liveVersion(this, 'Keys', stage, keysFunction, 'api-5xx', 'keys-errors'),
      integration,
    )
    const toImports = new LambdaIntegration(
      liveVersion(this, 'Imports', stage, importsFunction, 'api-5xx', 'api-latency'),
      integration,
    )
    const signedIn = { authorizer, authorizationType: AuthorizationType.COGNITO }

    for (const open of [api.root, api.root.addResource('docs'), api.root.addResource('openapi.json')])
      acknowledgeOpen(open.addMethod('ANY', toHistory, { authorizationType: AuthorizationType.NONE }))

    const v1 = api.root.addResource('v1')
    const connections = v1.addResource('connections')
    const connection = connections.addResource('{id}')
    const credentials = connection.addResource('credentials')
    connections.addMethod('POST', toKeys, signedIn)
    credentials.addMethod('PUT', toKeys, signedIn)
    // Everything else is the code's to answer, an unknown address or method with a problem document too. Greedy
    // resources stand beside each other one, since the gateway never goes back up to look for a wider one.
    const imports = v1.addResource('imports')
    const ofImports = [imports, imports.addResource('{proxy+}')]
    for (const resource of ofImports) resource.addMethod('ANY', toImports, signedIn)
    const resources: readonly IResource[] = [v1, connections, connection, credentials]
    for (const resource of resources) resource.addMethod('ANY', toHistory, signedIn)
    const others = [api.root, v1, connection, credentials].map((parent) => parent.addResource('{proxy+}'))
    for (const resource of others) resource.addMethod('ANY', toHistory, signedIn)
    // What an address allows is no secret, and whoever asks has no token yet.
    for (const resource of [...resources, ...others, ...ofImports])
      acknowledgeOpen(resource.addMethod('OPTIONS', toHistory, { authorizationType: AuthorizationType.NONE }))

    const secret = this.originSecret()
    const page = signInPage(this, stage, users)
    const bucket = `https://${statements.bucketName}.s3.${this.region}.amazonaws.com`
    const front = frontDoor(this, stage, { api, secret, elsewhere: [page, bucket] })
    const client = signInClient(this, stage, users, front.address)
    consoleFiles(this, stage, { site, bucket: front.bucket, signIn: { page, client } })
    this.tellAddress(stage, api, front)

    const guards = {
      Api: {
        resourceArn: api.deploymentStage.stageArn,
        acl: firewall(this, 'Firewall', stage, secret.secretValue.unsafeUnwrap()),
      },
      SignIn: { resourceArn: users.userPoolArn, acl: signInFirewall(this, 'SignInFirewall', stage) },
    }
    for (const [of, { resourceArn, acl }] of Object.entries(guards)) {
      firewallLog(this, `${acl.node.id}Log`, stage, acl)
      new CfnWebACLAssociation(this, `FirewallOf${of}`, { resourceArn, webAclArn: acl.attrArn })
    }
    Validations.of(api).acknowledge({
      id: 'AwsSolutions-APIG2',
      reason:
        'The functions check every request with the schemas that the OpenAPI document is made from, and answer with the fields that are wrong.',
    })
  }

  /** By this the gateway knows who asks it: nobody else knows it but the distribution and the firewall. */
  private originSecret(): Secret {
    const secret = new Secret(this, 'OriginSecret', {
      description: 'What the distribution says to the gateway, so that nobody gets round it',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'It opens nothing: whoever knows it reaches the sign-in of the API by another name and can lie about their address. The distribution and the firewall read it while they are deployed.',
    })
    return secret
  }

  private gateway(stage: StageConfig): RestApi {
    const accessLog = importerLog(this, 'AccessLog', stage, 'access')
    const api = new RestApi(this, 'Api', {
      restApiName: resourceName(stage, 'api'),
      endpointTypes: [EndpointType.REGIONAL],
      // The gateway writes access logs only for an account that has such a role, and a new account has none.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: stage.name,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        // The functions trace themselves; the gateway would only add what the access log tells anyway.
        tracingEnabled: false,
        throttlingRateLimit: throttling.rate,
        throttlingBurstLimit: throttling.burst,
        methodOptions: {
          '/v1/connections/POST': keysThrottling,
          '/v1/connections/{id}/credentials/PUT': keysThrottling,
        },
      },
    })
    Validations.of(api.deploymentStage).acknowledge({
      id: 'AwsSolutions-APIG6',
      reason:
        'Execution logs go to a group that the gateway makes itself and keeps for ever. Each request has its line in the access log, with what failed, and the functions log the rest.',
    })
    Validations.of(api.node.findChild('CloudWatchRole')).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason:
        'The account’s one role for the logs of all its gateways, with the policy that AWS names for it; a narrower one would cut off the other gateways of the account.',
    })

    for (const [id, problem] of Object.entries(gatewayProblems))
      for (const type of problem.types)
        api.addGatewayResponse(`${id}${type.responseType}`, {
          type,
          statusCode: String(problem.status),
          responseHeaders: Object.fromEntries(
            Object.entries({
              'Content-Type': 'application/problem+json',
              'Cache-Control': 'no-store',
              ...problem.headers,
            }).map(([name, value]) => [name, `'${value}'`]),
          ),
          templates: { 'application/json': problemDocument(problem) },
        })
    return api
  }

  /** The address that requests begin with, without a slash at its end; and the record that leads a domain here. */
  private tellAddress({ domain }: StageConfig, api: RestApi, { distribution, address }: FrontDoor): void {
    // CDK's own output ends in a slash, and names a door that the firewall keeps closed.
    api.node.tryRemoveChild('Endpoint')
    new CfnOutput(this, 'ApiUrl', { value: address })
    if (domain === undefined) return
    const { name, hostedZone } = domain
    new CfnOutput(this, 'DomainTarget', {
      description: `Where ${name} points: a CNAME, or an alias in Route 53`,
      value: distribution.domainName,
    })
    if (hostedZone === undefined) return
    const record = {
      zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: hostedZone.id,
        zoneName: hostedZone.name,
      }),
      recordName: `${name}.`,
      target: RecordTarget.fromAlias(new CloudFrontTarget(distribution)),
    }
    new ARecord(this, 'DomainRecord', record)
    new AaaaRecord(this, 'DomainRecord6', record)
  }
}

/**
 * A line for each request: the route and never the path, which has ids in it; no address, no user agent and no user,
 * since who asked for what is nobody's business here. By the request's id one finds the function's line, which an
 * operator reads only with reason.
 */
const accessLogFields = {
  requestId: AccessLogField.contextRequestId(),
  time: AccessLogField.contextRequestTimeEpoch(),
  method: AccessLogField.contextHttpMethod(),
  route: AccessLogField.contextResourcePath(),
  status: AccessLogField.contextStatus(),
  problem: AccessLogField.contextErrorResponseType(),
  firewall: AccessLogField.contextWafResponseCode(),
  integrationStatus: AccessLogField.contextIntegrationStatus(),
  latency: AccessLogField.contextResponseLatency(),
  integrationLatency: AccessLogField.contextIntegrationLatency(),
  bytes: AccessLogField.contextResponseLength(),
}

/** The pages that tell how to use the API are for everybody. */
function acknowledgeOpen(method: Method): void {
  Validations.of(method).acknowledge(
    {
      id: 'AwsSolutions-APIG4',
      reason: 'It tells how the API is used, and is asked before there is an account.',
    },
    {
      id: 'AwsSolutions-COG4',
      reason: 'It tells how the API is used, and is asked before there is an account.',
    },
  )
}
