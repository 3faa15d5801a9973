import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { AccountRecovery, FeaturePlan, type IUserPool, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito'
import type { Construct } from 'constructs'
import type { StageConfig } from '../config.ts'
import { resourceName } from '../names.ts'

/**
 * Who may use the API. A user is the pool's `sub` and every history hangs on it, so the pool is data like the
 * table: a new one would leave every history without its owner.
 */
export function usersOf(scope: Construct, stage: StageConfig): IUserPool {
  const { userPoolId } = stage.existing
  if (userPoolId !== undefined) return UserPool.fromUserPoolId(scope, 'Users', userPoolId)
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
  return pool
}
