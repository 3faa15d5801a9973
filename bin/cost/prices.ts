/** What everything below is priced in. Other regions differ, by a fifth and more. */
export const region = 'us-east-1 (N. Virginia)'
/** When the prices were written down: look again before you rely on them. */
export const statedOn = '2026-11-21'

type Price = {
  /** In words, with its unit. */
  readonly what: string
  /** Dollars for `per` units. */
  readonly usd: number
  readonly per: number
  /** The page of AWS that states it. */
  readonly source: string
}

const million = 1_000_000
const dynamo = 'https://aws.amazon.com/dynamodb/pricing/on-demand/'
const lambda = 'https://aws.amazon.com/lambda/pricing/'
const secrets = 'https://aws.amazon.com/secrets-manager/pricing/'
const objects = 'https://aws.amazon.com/s3/pricing/'
const kms = 'https://aws.amazon.com/kms/pricing/'
const vpc = 'https://aws.amazon.com/vpc/pricing/'
const cloudWatch = 'https://aws.amazon.com/cloudwatch/pricing/'
const waf = 'https://aws.amazon.com/waf/pricing/'
const cloudFront = 'https://aws.amazon.com/cloudfront/pricing/'

/** List prices of the first tier, without free allowances, discounts, commitments and taxes. */
export const prices = {
  lambdaSecond: {
    what: 'Lambda, arm64: GB-second',
    usd: 0.000_013_333_4,
    per: 1,
    source: lambda,
  },
  lambdaCall: { what: 'Lambda: invocation', usd: 0.2, per: million, source: lambda },
  read: { what: 'DynamoDB on demand: read unit', usd: 0.125, per: million, source: dynamo },
  write: { what: 'DynamoDB on demand: write unit', usd: 0.625, per: million, source: dynamo },
  tableStorage: { what: 'DynamoDB: GB stored, a month', usd: 0.25, per: 1, source: dynamo },
  rareRead: {
    what: 'DynamoDB on demand, table class for rare access: read unit (reported)',
    usd: 0.156_25,
    per: million,
    source: dynamo,
  },
  rareWrite: {
    what: 'DynamoDB on demand, table class for rare access: write unit (reported)',
    usd: 0.781_25,
    per: million,
    source: dynamo,
  },
  rareStorage: {
    what: 'DynamoDB, table class for rare access: GB stored, a month (reported)',
    usd: 0.1,
    per: 1,
    source: dynamo,
  },
  recovery: { what: 'DynamoDB point-in-time recovery: GB, a month', usd: 0.2, per: 1, source: dynamo },
  backup: {
    what: 'AWS Backup of DynamoDB: GB, a month (reported)',
    usd: 0.1,
    per: 1,
    source: 'https://aws.amazon.com/backup/pricing/',
  },
  objectStorage: { what: 'S3 Standard: GB stored, a month (reported)', usd: 0.023, per: 1, source: objects },
  objectPut: { what: 'S3 Standard: request that writes (reported)', usd: 0.005, per: 1_000, source: objects },
  objectGet: { what: 'S3 Standard: request that reads (reported)', usd: 0.0004, per: 1_000, source: objects },
  objectBackup: {
    what: 'AWS Backup of S3: GB, a month (a guess: what is reported of EFS)',
    usd: 0.05,
    per: 1,
    source: 'https://aws.amazon.com/backup/pricing/',
  },
  secret: { what: 'Secrets Manager: secret, a month', usd: 0.4, per: 1, source: secrets },
  secretCall: { what: 'Secrets Manager: API call', usd: 0.05, per: 10_000, source: secrets },
  key: { what: 'KMS: key of our own, a month', usd: 1, per: 1, source: kms },
  keyCall: { what: 'KMS: request', usd: 0.03, per: 10_000, source: kms },
  message: {
    what: 'SQS standard queue: request',
    usd: 0.4,
    per: million,
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
  natHour: { what: 'NAT gateway: hour', usd: 0.045, per: 1, source: vpc },
  natData: { what: 'NAT gateway: GB', usd: 0.045, per: 1, source: vpc },
  addressHour: { what: 'Public IPv4 address: hour', usd: 0.005, per: 1, source: vpc },
  dataOut: {
    what: 'Data to the internet: GB',
    usd: 0.09,
    per: 1,
    source: 'https://aws.amazon.com/ec2/pricing/on-demand/',
  },
  logData: { what: 'CloudWatch Logs: GB taken in', usd: 0.5, per: 1, source: cloudWatch },
  logStorage: { what: 'CloudWatch Logs: GB kept, a month', usd: 0.03, per: 1, source: cloudWatch },
  metric: { what: 'CloudWatch: metric of our own, a month', usd: 0.3, per: 1, source: cloudWatch },
  alarm: { what: 'CloudWatch: metric in an alarm, a month', usd: 0.1, per: 1, source: cloudWatch },
  dashboard: { what: 'CloudWatch: dashboard, a month', usd: 3, per: 1, source: cloudWatch },
  trace: {
    what: 'X-Ray: trace recorded',
    usd: 5,
    per: million,
    source: 'https://aws.amazon.com/xray/pricing/',
  },
  schedule: {
    what: 'EventBridge Scheduler: invocation',
    usd: 1,
    per: million,
    source: 'https://aws.amazon.com/eventbridge/pricing/',
  },
  apiRequest: {
    what: 'API Gateway, REST: request',
    usd: 3.5,
    per: million,
    source: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  activeUser: {
    what: 'Cognito Lite: monthly active user',
    usd: 0.0055,
    per: 1,
    source: 'https://aws.amazon.com/cognito/pricing/',
  },
  frontRequest: { what: 'CloudFront: HTTPS request (reported)', usd: 1, per: million, source: cloudFront },
  edgeFunction: {
    what: 'CloudFront: function at the edge, a request (reported)',
    usd: 0.1,
    per: million,
    source: cloudFront,
  },
  webAcl: { what: 'WAF: web ACL, a month', usd: 5, per: 1, source: waf },
  wafRule: { what: 'WAF: rule, a month', usd: 1, per: 1, source: waf },
  wafRequest: { what: 'WAF: request inspected', usd: 0.6, per: million, source: waf },
} as const satisfies Record<string, Price>

export type PriceName = keyof typeof prices

/** Dollars for so many units. */
export function priced(name: PriceName, units: number): number {
  const { usd, per } = prices[name]
  return (units * usd) / per
}
