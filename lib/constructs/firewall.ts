import { RemovalPolicy } from 'aws-cdk-lib'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'
import { basePath, problemDocument } from '../gateway-responses.ts'
import { resourceName } from '../names.ts'

/** Bytes; also the most that the firewall can look at. */
const mostBody = 64 * 1024

/** Requests from one address in five minutes: ten a second, so that a long list can be read page by page. */
const mostRequests = 3_000
/** Connecting a key asks the exchange several times: nobody has that many keys, but a thief might want to try some. */
const mostKeys = 30

/**
 * The firewall in front of the API and of the sign-in. What it can tell as ours it answers with a problem document, though only as
 * `application/json`: it knows no other kind of JSON.
 */
export function firewall(scope: Construct, id: string, stage: StageConfig): CfnWebACL {
  const name = resourceName(stage, 'firewall')
  const json = (problem: Parameters<typeof problemDocument>[0]) => ({
    contentType: 'APPLICATION_JSON',
    content: problemDocument(problem, basePath(stage)),
  })
  return new CfnWebACL(scope, id, {
    name,
    description: 'In front of the API of the exchange history importer',
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility(name),
    associationConfig: { requestBody: { API_GATEWAY: { defaultSizeInspectionLimit: 'KB_64' } } },
    // The console shows samples of requests: not with what opens an account.
    dataProtectionConfig: {
      dataProtections: [
        {
          action: 'SUBSTITUTION',
          field: { fieldType: 'SINGLE_HEADER', fieldKeys: ['authorization', 'cookie'] },
        },
        { action: 'SUBSTITUTION', field: { fieldType: 'BODY' } },
        { action: 'SUBSTITUTION', field: { fieldType: 'QUERY_STRING' } },
      ],
    },
    customResponseBodies: {
      'body-too-large': json({
        status: 413,
        code: 'body-too-large',
        title: 'The body is too large',
        detail: 'Send at most 64 KB.',
      }),
      'too-many-requests': json({
        status: 429,
        code: 'too-many-requests',
        title: 'Too many requests',
        detail: 'This address sent very many in a short time. Wait five minutes.',
      }),
    },
    rules: [
      {
        name: 'body-size',
        statement: {
          sizeConstraintStatement: {
            fieldToMatch: { body: { oversizeHandling: 'MATCH' } },
            comparisonOperator: 'GT',
            size: mostBody,
            textTransformations: plain,
          },
        },
        action: { block: { customResponse: answer(413, 'body-too-large') } },
      },
      {
        name: 'rate-of-keys',
        statement: {
          rateBasedStatement: {
            aggregateKeyType: 'IP',
            evaluationWindowSec: 300,
            limit: mostKeys,
            scopeDownStatement: { andStatement: { statements: [writes, takesKeys] } },
          },
        },
        action: { block: { customResponse: answer(429, 'too-many-requests', '300') } },
      },
      {
        name: 'rate',
        statement: {
          rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 300, limit: mostRequests },
        },
        action: { block: { customResponse: answer(429, 'too-many-requests', '300') } },
      },
      {
        name: 'common',
        statement: { managedRuleGroupStatement: { ...byAws('AWSManagedRulesCommonRuleSet', tooStrict) } },
        overrideAction: { none: {} },
      },
      {
        name: 'known-bad-inputs',
        statement: { managedRuleGroupStatement: byAws('AWSManagedRulesKnownBadInputsRuleSet') },
        overrideAction: { none: {} },
      },
    ].map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibility(rule.name) })),
  })
}

/**
 * AWS's rules that are counted and do not block. Secrets and passphrases are made of any signs and may well look like
 * markup or a path, bodies may have 64 KB and not 8, and Node's own client names no user agent.
 */
const tooStrict = [
  'CrossSiteScripting_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'NoUserAgent_HEADER',
  'SizeRestrictions_BODY',
]

const plain = [{ priority: 0, type: 'NONE' }]

const writes = {
  orStatement: {
    statements: ['POST', 'PUT'].map((method) => ({
      byteMatchStatement: {
        fieldToMatch: { method: {} },
        positionalConstraint: 'EXACTLY',
        searchString: method,
        textTransformations: plain,
      },
    })),
  },
}

/** Under the gateway's own name, the path begins with the stage; under a name of one's own, it does not. */
const takesKeys = {
  regexMatchStatement: {
    fieldToMatch: { uriPath: {} },
    regexString: '/v1/connections(/[^/]+/credentials)?/?$',
    textTransformations: [
      { priority: 0, type: 'URL_DECODE' },
      { priority: 1, type: 'NORMALIZE_PATH' },
    ],
  },
}

function byAws(name: string, counted: readonly string[] = []) {
  return {
    vendorName: 'AWS',
    name,
    ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
  }
}

function answer(responseCode: number, customResponseBodyKey: string, retryAfter?: string) {
  const headers = [
    { name: 'cache-control', value: 'no-store' },
    ...(retryAfter === undefined ? [] : [{ name: 'retry-after', value: retryAfter }]),
  ]
  return { responseCode, customResponseBodyKey, responseHeaders: headers }
}

/**
 * A line for each request that was refused, or that a rule would refuse: from where, and by which rule. Not what opens an
 * account, and not the path, which has ids in it.
 */
export function firewallLog(scope: Construct, id: string, stage: StageConfig, acl: CfnWebACL): void {
  const log = new LogGroup(scope, `${id}Group`, {
    // The service writes to no log of another name.
    logGroupName: `aws-waf-logs-${resourceName(stage, 'firewall')}`,
    retention: stage.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  new CfnLoggingConfiguration(scope, id, {
    resourceArn: acl.attrArn,
    logDestinationConfigs: [log.logGroupArn],
    redactedFields: [
      { singleHeader: { Name: 'authorization' } },
      { singleHeader: { Name: 'cookie' } },
      { queryString: {} },
      { uriPath: {} },
    ],
    loggingFilter: {
      DefaultBehavior: 'DROP',
      Filters: [
        {
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({
            ActionCondition: { Action },
          })),
        },
      ],
    },
  })
}

function visibility(metricName: string) {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName }
}
