import { runInNewContext } from 'node:vm'
import { Match, type Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { consoleHeaders } from '../../web/headers.ts'
import { stageInput } from './stage-input.ts'
import { templateOf } from './synthesise.ts'

const template = templateOf('api', stageInput('prod'))
const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1-2'

describe('The one address of console and API', () => {
  const { behaviors, fallback, config } = distributionOf(template)

  it('serves the console from a private bucket that nobody else may read', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    })
    template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 1)
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { OriginAccessControlOriginType: 's3', SigningBehavior: 'always' },
    })
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:GetObject',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: { StringEquals: { 'AWS:SourceArn': Match.anyValue() } },
          }),
        ]),
      },
    })
  })

  it('hands everything but the files of the console to the gateway, with all that was sent, and keeps no answer', () => {
    expect(behaviors.map(({ PathPattern }) => PathPattern)).toEqual([
      '/',
      '/index.html',
      '/console.json',
      '/assets/*',
    ])
    expect(fallback.AllowedMethods).toEqual(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'])
    // CachingDisabled and AllViewerExceptHostHeader, as AWS numbers them.
    expect(fallback.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad')
    expect(fallback.OriginRequestPolicyId).toBe('b689b0a8-53d0-40ab-baf2-68738e2966ac')
    for (const { PathPattern, CachePolicyId } of behaviors)
      expect(CachePolicyId === fallback.CachePolicyId, PathPattern).toBe(PathPattern !== '/assets/*')
  })

  it('leaves every answer of the API as it is: no error becomes a page', () => {
    expect(config.CustomErrorResponses).toBeUndefined()
    expect(fallback.ResponseHeadersPolicyId).toBeUndefined()
  })

  it('says to the gateway what nobody else knows, and who asks, whatever the client claims', () => {
    const origins: Origin[] = config.Origins
    const gateway = origins.find(({ CustomOriginConfig }) => CustomOriginConfig !== undefined)
    expect(gateway).toMatchObject({
      OriginPath: '/prod',
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
      OriginCustomHeaders: [{ HeaderName: 'x-origin-secret' }],
    })
    expect(JSON.stringify(gateway?.OriginCustomHeaders)).toContain('{{resolve:secretsmanager:')
    const [code] = Object.values(template.findResources('AWS::CloudFront::Function')).map(
      ({ Properties }) => Properties.FunctionCode,
    )
    const atTheEdge = (uri: string) =>
      runInNewContext(`${code}; handler(event)`, {
        event: {
          viewer: { ip: '2001:db8::7' },
          request: {
            uri,
            headers: {
              host: { value: 'd1.cloudfront.net' },
              'x-client-address': { value: '203.0.113.66' },
              'x-console-host': { value: 'evil.example.com' },
            },
          },
        },
      })
    expect(atTheEdge('/v1/connections')).toMatchObject({
      uri: '/v1/connections',
      headers: {
        'x-client-address': { value: '2001:db8::7' },
        'x-console-host': { value: 'd1.cloudfront.net' },
      },
    })
    expect(atTheEdge('/').uri).toBe('/index.html')
    for (const { FunctionAssociations } of [fallback, ...behaviors])
      expect(FunctionAssociations).toMatchObject([{ EventType: 'viewer-request' }])
  })

  it('says to the browser what a laptop says, but that the sign-in page may be asked too', () => {
    const [policy] = Object.values(template.findResources('AWS::CloudFront::ResponseHeadersPolicy'))
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } =
      policy?.Properties.ResponseHeadersPolicyConfig ?? {}
    const [before, page, after] = security.ContentSecurityPolicy.ContentSecurityPolicy['Fn::Join'][1].reduce(
      (parts: string[], part: unknown) => {
        if (typeof part === 'string' && parts.length !== 2) parts.push(part)
        else if (typeof part !== 'string') parts[1] = `${parts[1] ?? ''}${JSON.stringify(part)}`
        else parts.push(part)
        return parts
      },
      [],
    )
    const whole = `${before}${page}${after}`
    expect(JSON.stringify(security.ContentSecurityPolicy)).toContain('SignInPage')
    expect(whole).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' /,
    )
    expect(whole).not.toMatch(/unsafe|\*|data:/)
    expect(security.ContentTypeOptions.Override).toBe(true)
    expect(security.ReferrerPolicy.ReferrerPolicy).toBe('no-referrer')
    const local = Object.entries(consoleHeaders())
    const named: Record<string, string> = Object.fromEntries(
      custom.Items.map(({ Header, Value }: { Header: string; Value: string }) => [Header, Value]),
    )
    for (const [header, value] of local)
      if (!/^(Content-Security-Policy|Referrer-Policy|X-Content-Type-Options)$/.test(header))
        expect(named[header], header).toBe(value)
    for (const { ResponseHeadersPolicyId } of behaviors) expect(ResponseHeadersPolicyId).toBeDefined()
  })

  it('has the console find out at its own address where one signs in, in files that are there before the page', () => {
    const deployments = template.findResources('Custom::CDKBucketDeployment')
    const [assets, pages] = ['ConsoleAssets', 'ConsolePages'].map(
      (name) => Object.entries(deployments).find(([id]) => id.startsWith(name))?.[1],
    )
    expect(assets?.Properties).toMatchObject({
      DestinationBucketKeyPrefix: 'assets/',
      SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
      Prune: false,
      RetainOnDelete: false,
    })
    expect(pages?.Properties).toMatchObject({ SystemMetadata: { 'cache-control': 'no-store' }, Prune: false })
    expect(JSON.stringify(pages?.Properties.SourceMarkers)).toMatch(/Client[0-9A-F]{8}/)
    expect(JSON.stringify(pages?.DependsOn)).toContain('ConsoleAssets')
  })

  it('is where sign-in leads back to', () => {
    const [client] = Object.values(template.findResources('AWS::Cognito::UserPoolClient'))
    const { CallbackURLs, LogoutURLs } = client?.Properties ?? {}
    expect(CallbackURLs[0]['Fn::Join'][1]).toEqual([
      'https://',
      { 'Fn::GetAtt': [expect.stringMatching(/^FrontDoor/), 'DomainName'] },
      '/',
    ])
    expect(LogoutURLs).toEqual(CallbackURLs)
    template.hasResourceProperties('AWS::Cognito::UserPoolDomain', { ManagedLoginVersion: 1 })
  })

  it('is told as the address of the API, without a slash at its end', () => {
    expect(template.findOutputs('ApiUrl').ApiUrl?.Value['Fn::Join'][1]).toEqual([
      'https://',
      { 'Fn::GetAtt': [expect.stringMatching(/^FrontDoor/), 'DomainName'] },
    ])
  })

  it('may have a name of its own, with the record that leads there', () => {
    const domain = { name: 'history.example.com', certificateArn }
    const named = templateOf('api', stageInput('prod', { domain }))
    expect(distributionOf(named).config).toMatchObject({
      Aliases: [domain.name],
      ViewerCertificate: { AcmCertificateArn: certificateArn, MinimumProtocolVersion: 'TLSv1.2_2021' },
    })
    expect(named.findOutputs('ApiUrl').ApiUrl?.Value).toBe('https://history.example.com')
    expect(Object.keys(named.findOutputs('DomainTarget'))).toHaveLength(1)
    named.resourceCountIs('AWS::Route53::RecordSet', 0)
    const hostedZone = { id: 'Z0123456789', name: 'example.com' }
    const recorded = templateOf('api', stageInput('prod', { domain: { ...domain, hostedZone } }))
    for (const Type of ['A', 'AAAA'])
      recorded.hasResourceProperties('AWS::Route53::RecordSet', {
        Name: 'history.example.com.',
        HostedZoneId: hostedZone.id,
        Type,
      })
  })
})

type Behavior = {
  readonly PathPattern?: string
  readonly CachePolicyId: string
  readonly OriginRequestPolicyId?: string
  readonly ResponseHeadersPolicyId?: unknown
  readonly AllowedMethods?: readonly string[]
  readonly FunctionAssociations?: readonly unknown[]
}
type Origin = { readonly CustomOriginConfig?: unknown; readonly OriginCustomHeaders?: readonly unknown[] }

function distributionOf(from: Template) {
  const [distribution] = Object.values(from.findResources('AWS::CloudFront::Distribution'))
  const config = distribution?.Properties.DistributionConfig
  const behaviors: readonly Behavior[] = config.CacheBehaviors
  const fallback: Behavior = config.DefaultCacheBehavior
  return { config, behaviors, fallback }
}
