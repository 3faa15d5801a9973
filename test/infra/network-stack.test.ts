import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { stageInput } from './stage-input.ts'
import { stacksOf, templateOf } from './synthesise.ts'

const prod = stageInput('prod')

describe('The network stack', () => {
  const template = templateOf('network', prod)

  it('has an address of our own for each zone, which outlives it', () => {
    template.resourceCountIs('AWS::EC2::EIP', 2)
    template.allResources('AWS::EC2::EIP', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    })
  })

  it('lets each NAT gateway use one of them', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 2)
    for (const address of ['Address1', 'Address2'])
      template.hasResourceProperties('AWS::EC2::NatGateway', {
        AllocationId: { 'Fn::GetAtt': [address, 'AllocationId'] },
      })
  })

  it('leaves the first zone as it is when a second one comes', () => {
    const moved = ['AWS::EC2::EIP', 'AWS::EC2::NatGateway', 'AWS::EC2::Subnet', 'AWS::EC2::VPC']
    const one = templateOf('network', { ...prod, natZones: 1 })
    for (const type of moved)
      expect.soft(template.findResources(type), type).toMatchObject(one.findResources(type))
  })

  it('reaches the table and the bucket without paying the NAT gateways for it', () => {
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }, 2)
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 2)
  })

  it('lets HTTPS out and nothing in', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [
        { CidrIp: '0.0.0.0/0', Description: 'HTTPS', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' },
      ],
      SecurityGroupIngress: Match.absent(),
    })
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0)
  })

  it('gives no machine an address that it did not ask for', () => {
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false })
  })

  it('writes down what was refused', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT' })
  })

  it('tells the addresses', () => {
    template.hasOutput('Addresses', {
      Value: {
        'Fn::Join': [
          '',
          [{ 'Fn::GetAtt': ['Address1', 'PublicIp'] }, ',', { 'Fn::GetAtt': ['Address2', 'PublicIp'] }],
        ],
      },
    })
  })

  it('needs no function of somebody else to be made', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0)
  })

  it('is not there where addresses need not be fixed', () => {
    expect(stacksOf(stageInput('dev', { fixedAddresses: false })).network).toBeUndefined()
  })

  it('cannot be deleted by accident in prod', () => {
    expect(stacksOf(prod).network?.terminationProtection).toBe(true)
  })

  it('is what was reviewed', () => {
    expect(template.toJSON()).toMatchSnapshot()
  })
})
