import { Aws, CfnOutput, Duration, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib'
import {
  AccountRecovery,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  UserPool,
  UserPoolClientIdentityProvider,
} from 'aws-cdk-lib/aws-cognito'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'
import { resourceName } from '../names.ts'

/**
 * Who may use the API. A user is the pool's `sub` and every history hangs on it, so the pool outlives the stack like
 * the table does.
 */
export function signIn(scope: Construct, stage: StageConfig): UserPool {
  const pool = new UserPool(scope, 'Users', {
    userPoolName: resourceName(stage, 'users'),
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    keepOriginal: { email: true },
    standardAttributes: { email: { required: true, mutable: true } },
    // Connecting a key costs a secret and a sync each night, for as long as it stays connected. Whoever opens the door
    // to everybody does it in the stage file.
    selfSignUpEnabled: stage.selfSignUp,
    passwordPolicy: {
      minLength: 12,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(3),
    },
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    featurePlan: FeaturePlan.LITE,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  const price =
    'The Plus plan costs more for each user than everything else here. Against guessing stand Cognito’s own lockout and long passwords, and what is behind them is a history to read: keys can never be read back.'
  Validations.of(pool).acknowledge(
    {
      id: 'AwsSolutions-COG2',
      reason:
        'A second factor is each user’s own choice: programs that read a history in somebody’s name have no second device.',
    },
    { id: 'AwsSolutions-COG3', reason: price },
    { id: 'AwsSolutions-COG8', reason: price },
  )

  const client = pool.addClient('Client', {
    userPoolClientName: resourceName(stage, 'client'),
    // It runs in browsers and terminals, where nothing stays secret: PKCE proves instead who began to sign in.
    generateSecret: false,
    // By user name and password an operator gets a token in the terminal: `aws cognito-idp initiate-auth`.
    authFlows: { userSrp: true, userPassword: true },
    supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
      callbackUrls: stage.signInUrls,
      logoutUrls: stage.signInUrls,
    },
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    idTokenValidity: Duration.hours(1),
    accessTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(30),
  })

  // Unique in the whole region, whoever deploys: a part of the stack's own id.
  const unique = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))))
  const domain = pool.addDomain('SignInPage', {
    cognitoDomain: { domainPrefix: `${resourceName(stage, 'sign-in')}-${unique}` },
    managedLoginVersion: ManagedLoginVersion.CLASSIC_HOSTED_UI,
  })

  new CfnOutput(scope, 'UserPoolId', { value: pool.userPoolId })
  new CfnOutput(scope, 'ClientId', { value: client.userPoolClientId })
  new CfnOutput(scope, 'SignInPageUrl', { value: domain.baseUrl() })
  return pool
}
