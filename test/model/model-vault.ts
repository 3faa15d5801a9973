import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

type Command = {
  readonly constructor: { readonly name: string }
  readonly input: { readonly Name?: string; readonly SecretId?: string; readonly SecretString?: string }
}

/** Secrets Manager in memory. What goes wrong there says so as the SDK does: with the whole request in the error. */
export function modelVault() {
  const secrets = new Map<string, string>()

  function perform({ constructor: { name }, input }: Command) {
    const of = input.Name ?? input.SecretId ?? ''
    const known = secrets.get(of)
    switch (name) {
      case 'CreateSecretCommand':
        if (known !== undefined) throw failure('ResourceExistsException', input)
        secrets.set(of, input.SecretString ?? '')
        return {}
      case 'GetSecretValueCommand':
        if (known === undefined) throw failure('ResourceNotFoundException', input)
        return { SecretString: known }
      case 'DeleteSecretCommand':
        if (!secrets.delete(of)) throw failure('ResourceNotFoundException', input)
        return {}
      default:
        throw new Error(`The model of the vault knows no ${name}.`)
    }
  }

  /** `around` may wait, throw or never return, before the call and after it. */
  function open(around: <T>(does: () => T, broken: () => Error) => Promise<T>): SecretsManagerClient {
    const send = (command: Command) =>
      around(
        () => perform(command),
        () => failure('InternalServiceError', command.input),
      )
    return { send } as unknown as SecretsManagerClient
  }

  return { open, names: (): readonly string[] => [...secrets.keys()] }
}

function failure(name: string, input: unknown): Error {
  return Object.assign(new Error(`${name}: ${JSON.stringify(input)}`), { name, input })
}
