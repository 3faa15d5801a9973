import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import type { RestApi } from 'aws-cdk-lib/aws-apigateway'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { consoleHeaders } from '../../web/headers.ts'
import type { StageConfig } from '../config.ts'
import { clientAddressHeader, originSecretHeader } from '../origin-headers.ts'
import { atTheEdge } from './at-the-edge.ts'

export type FrontDoor = {
  readonly distribution: Distribution
  readonly bucket: Bucket
  /** Where the console and the API are, without a slash at its end. */
  readonly address: string
}

/**
 * One address for the console and the API, so that the one asks the other as its own: pages from a private bucket, everything
 * else from the gateway, whatever it answers. No error of either is turned into a page of the other.
 */
export function frontDoor(
  scope: Construct,
  stage: StageConfig,
  {
    api,
    secret,
    elsewhere,
  }: {
    readonly api: RestApi
    readonly secret: ISecret
    /** The other origins that the console may ask: where one signs in, and where files are sent to. */
    readonly elsewhere: readonly string[]
  },
): FrontDoor {
  const bucket = consoleBucket(scope)
  const stack = Stack.of(scope)
  const gateway = new HttpOrigin(`${api.restApiId}.execute-api.${stack.region}.${stack.urlSuffix}`, {
    originPath: `/${stage.name}`,
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    // As long as the gateway itself waits for a function.
    readTimeout: Duration.seconds(30),
    customHeaders: { [originSecretHeader]: secret.secretValue.unsafeUnwrap() },
  })
  const viewerRequest = new EdgeFunction(scope, 'AtTheEdge', {
    comment: 'Says who asks, and under which name',
    runtime: FunctionRuntime.JS_2_0,
    code: FunctionCode.fromInline(atTheEdge(clientAddressHeader)),
  })
  const common = {
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    compress: true,
    functionAssociations: [{ function: viewerRequest, eventType: FunctionEventType.VIEWER_REQUEST }],
  }
  const pages: BehaviorOptions = {
    ...common,
    origin: S3BucketOrigin.withOriginAccessControl(bucket),
    responseHeadersPolicy: headers(scope, elsewhere),
    cachePolicy: CachePolicy.CACHING_DISABLED,
  }
  const distribution = new Distribution(scope, 'FrontDoor', {
    comment: `The console and the API of the exchange history importer (${stage.name})`,
    httpVersion: HttpVersion.HTTP2_AND_3,
    ...(stage.domain !== undefined && {
      domainNames: [stage.domain.name],
      certificate: Certificate.fromCertificateArn(scope, 'Certificate', stage.domain.certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    }),
    defaultBehavior: {
      ...common,
      origin: gateway,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    },
    additionalBehaviors: {
      '/': pages,
      '/index.html': pages,
      '/console.json': pages,
      '/assets/*': { ...pages, cachePolicy: CachePolicy.CACHING_OPTIMIZED },
    },
  })
  acknowledge(distribution, bucket)
  return { distribution, bucket, address: `https://${stage.domain?.name ?? distribution.domainName}` }
}

/**
 * What is in it can be built again at any time. It is kept all the same: CDK's function that fills it does not empty it while the bucket
 * says that its files are owned, and a bucket that is not empty stops the deletion of its stack.
 */
function consoleBucket(scope: Construct): Bucket {
  return new Bucket(scope, 'Console', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    encryption: BucketEncryption.S3_MANAGED,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  })
}

/** What every page and script says to the browser, as on a laptop; here it may ask others as well. */
function headers(scope: Construct, elsewhere: readonly string[]): ResponseHeadersPolicy {
  const {
    'Content-Security-Policy': contentSecurityPolicy = '',
    'Referrer-Policy': _saidBelow,
    'X-Content-Type-Options': _saidBelowToo,
    ...others
  } = consoleHeaders(elsewhere)
  return new ResponseHeadersPolicy(scope, 'ConsoleHeaders', {
    comment: 'Nothing runs, is shown or is asked but what is the console’s own',
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override: true },
      contentTypeOptions: { override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(others).map(([header, value]) => ({ header, value, override: true })),
    },
  })
}

function acknowledge(distribution: Distribution, bucket: Bucket): void {
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'It holds what everybody who opens the console gets: who read it is nobody’s business here.',
  })
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'People keep their histories from wherever they are.' },
    {
      id: 'AwsSolutions-CFR2',
      reason:
        'The firewall stands at the gateway, in the stage’s own region, and counts the addresses that the distribution tells it; the pages are the same for everybody.',
    },
    {
      id: 'AwsSolutions-CFR3',
      reason:
        'It would keep the addresses of people and what they asked for. Each request to the API has its line in the gateway’s access log, without them.',
    },
    {
      id: 'AwsSolutions-CFR4',
      reason:
        'Under CloudFront’s own name the protocol is CloudFront’s to choose; with a domain it is TLS 1.2.',
    },
  )
}
