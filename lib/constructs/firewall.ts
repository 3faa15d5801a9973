import { RemovalPolicy } from 'aws-cdk-lib'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'
import { problemDocument } from '../gateway-responses.ts'
import { resourceName } from '../names.ts'
import { clientAddressHeader, originSecretHeader } from '../origin-headers.ts'

/** Bytes; also the most that the firewall can look at. */
const mostBody = 64 * 1024

/** Requests from one address in five minutes: ten a second, so that a long list can be read page by page. */
const mostRequests = 3_000
/** Connecting a key asks the exchange several times: nobody has that many keys, but a thief might want to try some. */
const mostKeys = 30

/**
 * The firewall in front of the API. Whoever does not come by the distribution is turned away at once, so that what it says of the
 * client can be believed: requests are counted by the client's own address. What the firewall can tell as ours it answers with a
 * problem document, though only as `application/json`: it knows no other kind of JSON.
 */
export function firewall(scope: Construct, id: string, stage: StageConfig, originSecret: string): CfnWebACL {
  return newFirewall(scope, id, stage, {
    name: 'firewall',
    description: 'In front of the API of the exchange history importer',
    rules: [
      {
        name: 'front-door',
        statement: { notStatement: { statement: comesBy(originSecret) } },
        action: { block: { customResponse: answer(403, 'forbidden') } },
      },
      bodySize,
      rateOf('rate-of-keys', mostKeys, {
        ...byClient,
        scopeDownStatement: { andStatement: { statements: [writes, takesKeys] } },
      }),
      rateOf('rate', mostRequests, byClient),
      ...byAws,
    ],
  })
}

/** In front of the sign-in, where nobody stands between: each request comes from the address that it says. */
export function signInFirewall(scope: Construct, id: string, stage: StageConfig): CfnWebACL {
  return newFirewall(scope, id, stage, {
    name: 'sign-in-firewall',
    description: 'In front of the sign-in of the exchange history importer',
    rules: [bodySize, rateOf('rate', mostRequests, { aggregateKeyType: 'IP' }), ...byAws],
  })
}

type Rule = Omit<CfnWebACL.RuleProperty, 'priority' | 'visibilityConfig'>

function newFirewall(
  scope: Construct,
  id: string,
  stage: StageConfig,
  { name: what, description, rules }: { name: string; description: string; rules: readonly Rule[] },
): CfnWebACL {
  const name = resourceName(stage, what)
  return new CfnWebACL(scope, id, {
    name,
    description,
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility(name),
    associationConfig: { requestBody: { API_GATEWAY: { defaultSizeInspectionLimit: 'KB_64' } } },
    // The console shows samples of requests: not with what opens an account, nor with what opens this door.
    dataProtectionConfig: {
      dataProtections: [
        {
          action: 'SUBSTITUTION',
          field: {
            fieldType: 'SINGLE_HEADER',
            fieldKeys: ['authorization', 'cookie', originSecretHeader],
          },
        },
        { action: 'SUBSTITUTION', field: { fieldType: 'BODY' } },
        { action: 'SUBSTITUTION', field: { fieldType: 'QUERY_STRING' } },
      ],
    },
    customResponseBodies: Object.fromEntries(
      problems.map((problem) => [
        problem.code,
        { contentType: 'APPLICATION_JSON', content: problemDocument(problem) },
      ]),
    ),
    rules: rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibility(rule.name) })),
  })
}

const problems = [
  {
    status: 403,
    code: 'forbidden',
    title: 'This request is not let through',
    detail:
      'This is not the address of the API: use the one that the console has, which is ApiUrl of the stack.',
  },
  {
    status: 413,
    code: 'body-too-large',
    title: 'The body is too large',
    detail: 'Send at most 64 KB.',
  },
  {
    status: 429,
    code: 'too-many-requests',
    title: 'Too many requests',
    detail: 'This address sent very many in a short time. Wait five minutes.',
  },
] as const

const plain = [{ priority: 0, type: 'NONE' }]

function comesBy(originSecret: string): CfnWebACL.StatementProperty {
  return {
    byteMatchStatement: {
      fieldToMatch: { singleHeader: { Name: originSecretHeader } },
      positionalConstraint: 'EXACTLY',
      searchString: originSecret,
      textTransformations: plain,
    },
  }
}

/** The distribution writes it over whatever a client has sent. Without it nobody comes so far. */
const byClient = {
  aggregateKeyType: 'FORWARDED_IP',
  forwardedIpConfig: { headerName: clientAddressHeader, fallbackBehavior: 'MATCH' },
} as const

const bodySize: Rule = {
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
}

function rateOf(
  name: string,
  limit: number,
  counted: Omit<CfnWebACL.RateBasedStatementProperty, 'limit' | 'evaluationWindowSec'>,
): Rule {
  return {
    name,
    statement: { rateBasedStatement: { ...counted, evaluationWindowSec: 300, limit } },
    action: { block: { customResponse: answer(429, 'too-many-requests', '300') } },
  }
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

/** The path begins with the stage of the gateway, which the distribution puts there. */
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

/** Rules that AWS keeps up to date. */
const byAws: readonly Rule[] = [
  managed('common', 'AWSManagedRulesCommonRuleSet', tooStrict),
  managed('known-bad-inputs', 'AWSManagedRulesKnownBadInputsRuleSet'),
]

function managed(name: string, group: string, counted: readonly string[] = []): Rule {
  return {
    name,
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: group,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    overrideAction: { none: {} },
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
    logGroupName: `aws-waf-logs-${acl.name}`,
    retention: stage.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  new CfnLoggingConfiguration(scope, id, {
    resourceArn: acl.attrArn,
    logDestinationConfigs: [log.logGroupArn],
    redactedFields: [
      { singleHeader: { Name: 'authorization' } },
      { singleHeader: { Name: 'cookie' } },
      { singleHeader: { Name: originSecretHeader } },
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
