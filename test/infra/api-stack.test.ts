import { Match, type Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { problems } from '../../lambdas/api/problem.ts'
import { gatewayProblems } from '../../lib/gateway-responses.ts'
import { stageInput } from './stage-input.ts'
import { stacksOf, templateOf } from './synthesise.ts'

const prod = stageInput('prod')
const template = templateOf('api', prod)

describe('The gateway', () => {
  const routes = routesOf(template)

  it('opens what tells how to use the API to everybody, and nothing else', () => {
    const open = routes.filter((one) => one.open).map(({ route }) => route)
    expect(open.filter((route) => !route.startsWith('OPTIONS '))).toEqual([
      'ANY /',
      'ANY /docs',
      'ANY /openapi.json',
    ])
  })

  it('tells what each address allows before there is a token', () => {
    const closed = routes.filter(({ open }) => !open).map(({ route }) => route.replace(/^\w+ /, ''))
    const asked = routes.filter(({ route }) => route.startsWith('OPTIONS '))
    expect(asked.map(({ route }) => route.replace('OPTIONS ', ''))).toEqual([...new Set(closed)].sort())
    expect(new Set(asked.map(({ target }) => target))).toEqual(new Set(['History']))
  })

  it('asks for a token of the user pool everywhere else', () => {
    template.resourceCountIs('AWS::Cognito::UserPool', 0)
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'COGNITO_USER_POOLS',
      IdentitySource: 'method.request.header.Authorization',
      ProviderARNs: [Match.anyValue()],
    })
    expect(routes.filter(({ open }) => !open).map(({ type }) => type)).toEqual(
      routes.filter(({ open }) => !open).map(() => 'COGNITO_USER_POOLS'),
    )
  })

  it('hands keys to the function that tries them, statement files to the one that reads them, and everything else to the third', () => {
    expect(routes.filter(({ target }) => target === 'Keys').map(({ route }) => route)).toEqual([
      'POST /v1/connections',
      'PUT /v1/connections/{id}/credentials',
    ])
    expect(routes.filter(({ target }) => target === 'Imports').map(({ route }) => route)).toEqual([
      'ANY /v1/imports',
      'ANY /v1/imports/{proxy+}',
    ])
    const answered = routes.filter(({ target }) => target === 'History').map(({ route }) => route)
    expect(answered.filter((route) => !route.startsWith('OPTIONS '))).toEqual([
      'ANY /',
      'ANY /docs',
      'ANY /openapi.json',
      'ANY /v1',
      'ANY /v1/connections',
      'ANY /v1/connections/{id}',
      'ANY /v1/connections/{id}/credentials',
      'ANY /v1/connections/{id}/credentials/{proxy+}',
      'ANY /v1/connections/{id}/{proxy+}',
      'ANY /v1/{proxy+}',
      'ANY /{proxy+}',
    ])
  })

  it.each(
    Object.values(gatewayProblems).flatMap((problem) => problem.types.map((type) => ({ type, problem }))),
  )('answers $type.responseType with a problem document', ({ type, problem: { status, code } }) => {
    const [response] = Object.values(
      template.findResources('AWS::ApiGateway::GatewayResponse', {
        Properties: { ResponseType: type.responseType },
      }),
    )
    expect(response?.Properties).toMatchObject({
      StatusCode: String(status),
      ResponseParameters: {
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.Cache-Control': "'no-store'",
      },
    })
    const body = JSON.parse(response?.Properties.ResponseTemplates['application/json'])
    expect(body).toEqual({
      type: `/docs#${code}`,
      title: expect.any(String),
      status,
      detail: expect.stringMatching(/[.]$/),
      code,
    })
  })

  it('words a problem as the code does', () => {
    for (const { code, status, title } of Object.values(gatewayProblems)) {
      const ours = Object.entries(problems).find(([name]) => name === code)?.[1]
      if (ours !== undefined)
        expect.soft({ status, title }, code).toEqual({ status: ours.status, title: ours.title })
    }
  })

  it('writes a line for each request, without bodies, headers, queries, paths or users', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGateway::Stage'))
    const format: string = stage?.Properties.AccessLogSetting.Format
    expect(Object.keys(JSON.parse(format))).toEqual([
      'requestId',
      'time',
      'method',
      'route',
      'status',
      'problem',
      'firewall',
      'integrationStatus',
      'latency',
      'integrationLatency',
      'bytes',
    ])
    expect(format).not.toMatch(/identity|authorizer|claims|\$context\.path|querystring|header|body/i)
  })

  it('limits how much comes at once, and keys far more than the rest', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: Match.arrayWith([
        Match.objectLike({ ResourcePath: '/*', ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 }),
        Match.objectLike({
          HttpMethod: 'POST',
          ResourcePath: '/~1v1~1connections',
          ThrottlingRateLimit: 20,
          ThrottlingBurstLimit: 40,
        }),
        Match.objectLike({
          HttpMethod: 'PUT',
          ResourcePath: '/~1v1~1connections~1{id}~1credentials',
          ThrottlingRateLimit: 20,
        }),
      ]),
    })
  })

  it('is the region’s own, and tells no name of its own', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      EndpointConfiguration: { Types: ['REGIONAL'] },
    })
    template.resourceCountIs('AWS::ApiGateway::DomainName', 0)
    expect(Object.keys(template.findOutputs('*')).filter((name) => name.startsWith('ApiEndpoint'))).toEqual(
      [],
    )
  })
})

describe('The functions behind the gateway', () => {
  it('tell users the addresses to bind, where there are some', () => {
    const addresses = (from: Template) => variablesOf(from, 'history').ADDRESSES
    expect(JSON.stringify(addresses(template))).toMatch(/Address1PublicIp.*,.*Address2PublicIp/)
    expect(addresses(templateOf('api', { ...prod, fixedAddresses: false }))).toBe('')
  })

  it('know the name of each other’s service from their own', () => {
    for (const entry of ['history', 'keys'])
      expect(variablesOf(template, entry)).toMatchObject({
        POWERTOOLS_SERVICE_NAME: `exchange-history-prod-${entry}`,
        POWERTOOLS_METRICS_NAMESPACE: 'ExchangeHistory',
        POWERTOOLS_LOG_LEVEL: 'INFO',
      })
  })
})

describe('The firewall', () => {
  const aclNamed = (name: string) =>
    Object.values(template.findResources('AWS::WAFv2::WebACL', { Properties: { Name: name } }))[0]
  const acl = aclNamed('exchange-history-prod-firewall')
  const rules: readonly Rule[] = acl?.Properties.Rules
  const rule = (name: string) => rules.find((one) => one.Name === name)

  it('writes down what it refused, without what opens an account and without paths', () => {
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: 'aws-waf-logs-exchange-history-prod-firewall',
    })
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      LoggingFilter: Match.objectLike({ DefaultBehavior: 'DROP' }),
      RedactedFields: [
        { SingleHeader: { Name: 'authorization' } },
        { SingleHeader: { Name: 'cookie' } },
        { SingleHeader: { Name: 'x-origin-secret' } },
        { QueryString: {} },
        { UriPath: {} },
      ],
    })
  })

  it('stands in front of the stage of the gateway, and of the sign-in', () => {
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 2)
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      WebACLArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Firewall'), 'Arn'] },
    })
  })

  it('looks at bodies up to 64 KB, and lets no larger one through', () => {
    expect(acl?.Properties.AssociationConfig).toEqual({
      RequestBody: { API_GATEWAY: { DefaultSizeInspectionLimit: 'KB_64' } },
    })
    expect(rule('body-size')).toMatchObject({
      Priority: 1,
      Statement: {
        SizeConstraintStatement: {
          ComparisonOperator: 'GT',
          Size: 65_536,
          FieldToMatch: { Body: { OversizeHandling: 'MATCH' } },
        },
      },
      Action: { Block: { CustomResponse: { ResponseCode: 413, CustomResponseBodyKey: 'body-too-large' } } },
    })
  })

  it('limits how often one address comes, and keys a hundred times more', () => {
    const limit = (name: string) => rule(name)?.Statement.RateBasedStatement?.Limit ?? 0
    expect(limit('rate')).toBe(3_000)
    expect(limit('rate-of-keys')).toBe(30)
    for (const name of ['rate', 'rate-of-keys'])
      expect(rule(name)?.Action).toMatchObject({ Block: { CustomResponse: { ResponseCode: 429 } } })
  })

  it('turns away at once whoever does not come by the distribution, whose word on the client then counts', () => {
    const secret = { SingleHeader: { Name: 'x-origin-secret' } }
    expect(rule('front-door')).toMatchObject({
      Priority: 0,
      Statement: {
        NotStatement: {
          Statement: {
            ByteMatchStatement: { FieldToMatch: secret, PositionalConstraint: 'EXACTLY' },
          },
        },
      },
      Action: { Block: { CustomResponse: { ResponseCode: 403, CustomResponseBodyKey: 'forbidden' } } },
    })
    for (const name of ['rate', 'rate-of-keys'])
      expect(rule(name)?.Statement.RateBasedStatement).toMatchObject({
        AggregateKeyType: 'FORWARDED_IP',
        ForwardedIPConfig: { HeaderName: 'x-client-address', FallbackBehavior: 'MATCH' },
      })
  })

  it('counts at the sign-in, where nobody stands between, by the address that asks', () => {
    const atSignIn: readonly Rule[] = aclNamed('exchange-history-prod-sign-in-firewall')?.Properties.Rules
    expect(atSignIn.map(({ Name }) => Name)).toEqual(['body-size', 'rate', 'common', 'known-bad-inputs'])
    expect(atSignIn[1]?.Statement.RateBasedStatement).toMatchObject({ AggregateKeyType: 'IP', Limit: 3_000 })
  })

  it('knows the addresses that take keys, with and without the stage in front', () => {
    const statements =
      rule('rate-of-keys')?.Statement.RateBasedStatement?.ScopeDownStatement.AndStatement.Statements
    const pattern = new RegExp(
      statements?.flatMap(({ RegexMatchStatement }) => RegexMatchStatement?.RegexString ?? [])[0] ?? '',
    )
    for (const path of ['/v1/connections', '/prod/v1/connections/', '/v1/connections/abc/credentials'])
      expect.soft(path).toMatch(pattern)
    for (const path of ['/v1/connections/abc/syncs', '/v1/connections/abc', '/v1/exports'])
      expect.soft(path).not.toMatch(pattern)
  })

  it('judges no body by its signs: keys and passphrases are made of any', () => {
    const overrides = rule('common')?.Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? []
    expect(overrides.map(({ Name }) => Name)).toEqual(
      expect.arrayContaining([
        'CrossSiteScripting_BODY',
        'EC2MetaDataSSRF_BODY',
        'GenericLFI_BODY',
        'GenericRFI_BODY',
        'SizeRestrictions_BODY',
      ]),
    )
    expect(overrides.map(({ ActionToUse }) => ActionToUse)).toEqual(overrides.map(() => ({ Count: {} })))
  })

  it('shows no token, body or query in its samples', () => {
    const fields = acl?.Properties.DataProtectionConfig.DataProtections
    expect(fields.map(({ Field }: { Field: { FieldType: string } }) => Field.FieldType)).toEqual([
      'SINGLE_HEADER',
      'BODY',
      'QUERY_STRING',
    ])
  })
})

describe('The sign-in', () => {
  const data = templateOf('data', prod)

  it('is by email and a long password, with a second factor for who wants it', () => {
    data.hasResourceProperties('AWS::Cognito::UserPool', {
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      Policies: {
        PasswordPolicy: Match.objectLike({
          MinimumLength: 12,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
        }),
      },
    })
  })

  it('lets nobody in who was not invited, unless the stage says so', () => {
    const onlyAdmins = (expected: boolean) => ({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: expected },
    })
    data.hasResourceProperties('AWS::Cognito::UserPool', onlyAdmins(true))
    templateOf('data', { ...prod, selfSignUp: true }).hasResourceProperties(
      'AWS::Cognito::UserPool',
      onlyAdmins(false),
    )
  })

  it('keeps its users whatever happens to the stack', () => {
    data.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({ DeletionProtection: 'ACTIVE' }),
    })
    expect(stacksOf(prod).data.terminationProtection).toBe(true)
  })

  it('stays with one pool whatever a stage says: of another one its clients would be others, and nobody could sign in', () => {
    for (const one of [data, templateOf('data', { ...prod, selfSignUp: true })]) {
      const pools = Object.entries(one.findResources('AWS::Cognito::UserPool'))
      // A name by which CloudFormation knows it, and what cannot be changed of a pool that is there.
      expect(pools.map(([name]) => name)).toEqual(['Users0A0EEA89'])
      const { UsernameAttributes, UsernameConfiguration, AliasAttributes, Schema } =
        pools[0]?.[1].Properties ?? {}
      expect({ UsernameAttributes, UsernameConfiguration, AliasAttributes, Schema }).toEqual({
        UsernameAttributes: ['email'],
        UsernameConfiguration: { CaseSensitive: false },
        AliasAttributes: undefined,
        Schema: [{ Mutable: true, Name: 'email', Required: true }],
      })
    }
    // What names it names it by the same output of the data stack, so that it cannot be half of one and half of another.
    const named = ['AWS::Cognito::UserPoolClient', 'AWS::Cognito::UserPoolDomain'].flatMap((type) =>
      Object.values(template.findResources(type)).map(({ Properties }) =>
        JSON.stringify(Properties.UserPoolId),
      ),
    )
    expect(named).toHaveLength(2)
    expect(new Set(named).size).toBe(1)
    expect(named[0]).toContain('Users0A0EEA89')
  })

  it('serves browsers by code, and operators in the terminal by password', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      // The last one lets users enrol a second factor.
      AllowedOAuthScopes: ['openid', 'email', 'aws.cognito.signin.user.admin'],
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      CallbackURLs: [Match.anyValue(), ...prod.signInUrls],
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
    })
  })
})

it('The API stack is what was reviewed', () => {
  expect(template.toJSON()).toMatchSnapshot()
})

type Rule = {
  readonly Name: string
  readonly Action?: unknown
  readonly Statement: {
    readonly RateBasedStatement?: {
      readonly Limit: number
      readonly ScopeDownStatement: {
        readonly AndStatement: {
          readonly Statements: readonly { readonly RegexMatchStatement?: { readonly RegexString: string } }[]
        }
      }
    }
    readonly ManagedRuleGroupStatement?: {
      readonly RuleActionOverrides: readonly { readonly Name: string; readonly ActionToUse: unknown }[]
    }
  }
}

/** Every method of the gateway, with its whole path, who may call it and what answers. */
function routesOf(from: Template) {
  const resources = from.findResources('AWS::ApiGateway::Resource')
  function pathOf(id: string | undefined): string {
    const resource = id === undefined ? undefined : resources[id]
    return resource === undefined
      ? ''
      : `${pathOf(resource.Properties.ParentId.Ref)}/${resource.Properties.PathPart}`
  }
  return Object.values(from.findResources('AWS::ApiGateway::Method'))
    .map(({ Properties }) => ({
      route: `${Properties.HttpMethod} ${pathOf(Properties.ResourceId.Ref) || '/'}`,
      type: Properties.AuthorizationType,
      open: Properties.AuthorizationType === 'NONE',
      target: /"(History|Keys|Imports)Live[0-9A-F]{8}"/.exec(JSON.stringify(Properties.Integration.Uri))?.[1],
    }))
    .sort((one, other) => (one.route < other.route ? -1 : 1))
}

function variablesOf(from: Template, entry: string): Record<string, unknown> {
  const found = Object.values(from.findResources('AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.FunctionName === `exchange-history-prod-${entry}`,
  )
  return found?.Properties.Environment.Variables
}
