import { CfnOutput, CfnWaitConditionHandle, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import {
  CfnEIP,
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  NatProvider,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import { firstCell } from '../lambdas/domain/cell.ts'
import type { StageConfig } from './config.ts'
import type { FixedAddresses } from './constructs/importer-function.ts'
import { importerLog } from './constructs/importer-log.ts'
import { inCell } from './names.ts'

/** Space is kept for as many zones, so that adding the second moves no subnet of the first. */
const mostZones = 2

/**
 * Makes calls of a cell to exchanges leave from addresses of our own, which users bind their keys to. Nothing leads from one to another. The NAT gateways and their
 * addresses are all that costs something here.
 */
export class NetworkStack extends Stack implements FixedAddresses {
  readonly vpc: Vpc
  readonly securityGroup: SecurityGroup
  readonly addresses: readonly string[]
  readonly natGatewayIds: readonly string[]

  constructor(
    scope: Construct,
    id: string,
    { stage, cell, ...props }: StackProps & { readonly stage: StageConfig; readonly cell: number },
  ) {
    super(scope, id, props)

    const zones = Array.from({ length: stage.natZones }, (_, index) => index + 1)
    const elasticIps = zones.map((zone) =>
      this.elasticIp(zone, stage.elasticIps?.[(cell - firstCell) * stage.natZones + zone - 1]),
    )
    this.addresses = elasticIps.map(({ address }) => address)

    const nat = NatProvider.gateway({ eipAllocationIds: elasticIps.map(({ allocationId }) => allocationId) })
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.20.0.0/20'),
      maxAzs: stage.natZones,
      reservedAzs: mostZones - stage.natZones,
      natGateways: stage.natZones,
      natGatewayProvider: nat,
      subnetConfiguration: [
        { name: 'outside', subnetType: SubnetType.PUBLIC, cidrMask: 26, mapPublicIpOnLaunch: false },
        { name: 'functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 22 },
      ],
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
      // Nothing uses the default group; emptying it would take a function of somebody else's making.
      restrictDefaultSecurityGroup: false,
    })
    this.natGatewayIds = nat.configuredGateways.map(({ gatewayId }) => gatewayId)

    this.securityGroup = new SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'Functions that talk to exchanges: HTTPS out, nothing in',
      allowAllOutbound: false,
    })
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'HTTPS')

    // Only what was refused is written down: there should be none, so it costs next to nothing and every line tells
    // something. Every connection that succeeds is one of a function, which logs what it asked.
    this.vpc.addFlowLog('Refused', {
      destination: FlowLogDestination.toCloudWatchLogs(
        importerLog(this, 'RefusedLog', stage, inCell('refused-traffic', cell)),
      ),
      trafficType: FlowLogTrafficType.REJECT,
    })

    new CfnOutput(this, 'Addresses', {
      description: 'Users bind their keys to these addresses',
      value: this.addresses.join(','),
    })
  }

  /** One that was there before comes back by its name; otherwise a new one. */
  private elasticIp(zone: number, known: { address: string; allocationId: string } | undefined) {
    if (known !== undefined) return known
    const made = new CfnEIP(this, `Address${zone}`, { domain: 'vpc' })
    // An address is a promise to everybody who bound a key to it: it outlives the stack. One that a deployment made which
    // failed has been promised to nobody, and would only be billed.
    made.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
    return { address: made.attrPublicIp, allocationId: made.attrAllocationId }
  }

  /** Asked of CloudFormation while it deploys and not of AWS beforehand: synthesis needs no network. */
  override get availabilityZones(): string[] {
    return Array.from({ length: mostZones }, (_, index) => Fn.select(index, Fn.getAzs()))
  }
}

/**
 * In place of the network where addresses need not be fixed any more: the stack stays and has nothing in it that costs
 * something, or `true` changed to `false` would leave the gateways there, and billed.
 */
export class NoNetworkStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props)
    // A stack must hold something; this is the least there is.
    new CfnWaitConditionHandle(this, 'Nothing')
  }
}
