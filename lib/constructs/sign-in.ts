import { Aws, CfnOutput, Duration, Fn } from 'aws-cdk-lib'
import {
  type IUserPool,
  ManagedLoginVersion,
  OAuthScope,
  UserPoolClient,
  UserPoolClientIdentityProvider,
  UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'
import { resourceName } from '../names.ts'

/** How users of the pool sign in: a client that programs and the console name. It can be made again. */
export function signInClient(
  scope: Construct,
  stage: StageConfig,
  pool: IUserPool,
  console: string,
): UserPoolClient {
  // The console comes back to the very address that it was left from.
  const urls = [`${console}/`, ...stage.signInUrls]
  const client = new UserPoolClient(scope, 'Client', {
    userPool: pool,
    userPoolClientName: resourceName(stage, 'client'),
    // It runs in browsers and terminals, where nothing stays secret: PKCE proves instead who began to sign in.
    generateSecret: false,
    // By user name and password an operator gets a token in the terminal: `aws cognito-idp initiate-auth`.
    authFlows: { userSrp: true, userPassword: true },
    supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
    oAuth: {
      flows: { authorizationCodeGrant: true },
      // With the last one users set up their own second factor.
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.COGNITO_ADMIN],
      callbackUrls: urls,
      logoutUrls: urls,
    },
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    idTokenValidity: Duration.hours(1),
    accessTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(30),
  })

  new CfnOutput(scope, 'UserPoolId', { value: pool.userPoolId })
  new CfnOutput(scope, 'ClientId', { value: client.userPoolClientId })
  return client
}

/** The page where one signs in: its address. The classic one: any other wants a plan that costs for each user. */
export function signInPage(scope: Construct, stage: StageConfig, pool: IUserPool): string {
  // Unique in the whole region, whoever deploys: a part of the stack's own id.
  const unique = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))))
  const domain = new UserPoolDomain(scope, 'SignInPage', {
    userPool: pool,
    cognitoDomain: { domainPrefix: `${resourceName(stage, 'sign-in')}-${unique}` },
    managedLoginVersion: ManagedLoginVersion.CLASSIC_HOSTED_UI,
  })

  new CfnOutput(scope, 'SignInPageUrl', { value: domain.baseUrl() })
  return domain.baseUrl()
}
