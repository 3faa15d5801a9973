import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import {
  CfnOIDCProvider,
  FederatedPrincipal,
  type IPrincipal,
  PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { StageConfig } from './config.ts'
import { resourceName } from './names.ts'

const issuer = 'token.actions.githubusercontent.com'
/** Of the roles that `cdk bootstrap` makes, unless it is told another one. */
const qualifier = 'hnb659fds'

/**
 * Lets the workflow of one repository deploy one stage, without any key that could be stolen: GitHub vouches for the job, and AWS
 * lends it a role for an hour. Whoever may start a job in the environment of that name at GitHub may deploy.
 */
export class DeliveryStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    {
      stage,
      repository,
      ...props
    }: StackProps & { readonly stage: StageConfig; readonly repository: string },
  ) {
    super(scope, id, props)
    const { account, region, partition } = this
    // An account knows an issuer once, whoever made it first; the other stage of the account says that it is there.
    if (stage.delivery?.issuer === 'new')
      new CfnOIDCProvider(this, 'GitHub', { url: `https://${issuer}`, clientIdList: ['sts.amazonaws.com'] })
    const github: IPrincipal = new FederatedPrincipal(
      `arn:${partition}:iam::${account}:oidc-provider/${issuer}`,
      {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: `repo:${repository}:environment:${stage.name}`,
        },
      },
      'sts:AssumeRoleWithWebIdentity',
    )
    const role = new Role(this, 'Role', {
      roleName: resourceName(stage, 'delivery'),
      assumedBy: github,
      description: `Lets ${repository} deploy ${stage.name}`,
    })
    role.addToPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: ['deploy', 'file-publishing', 'lookup'].map(
          (what) =>
            `arn:${partition}:iam::${account}:role/cdk-${qualifier}-${what}-role-${account}-${region}`,
        ),
      }),
    )
    // Which commit is deployed, and where the API is.
    const stacks = this.formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `${resourceName(stage, '*')}`,
    })
    role.addToPolicy(new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stacks] }))
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:${region}:<AWS::AccountId>:stack/${resourceName(stage, '*')}]`,
      reason: 'The stacks of this stage, whose ids hold what nobody knows before they are made.',
    })
    new CfnOutput(this, 'RoleArn', {
      description: `AWS_ROLE of the environment ${stage.name} at GitHub`,
      value: role.roleArn,
    })
  }
}
