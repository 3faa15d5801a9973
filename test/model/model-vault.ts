import type { KMSClient } from '@aws-sdk/client-kms'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

type Command = {
  readonly constructor: { readonly name: string }
  readonly input: { readonly Name?: string; readonly SecretId?: string; readonly SecretString?: string }
}

type KeyCommand = {
  readonly constructor: { readonly name: string }
  readonly input: {
    readonly Plaintext?: Uint8Array
    readonly CiphertextBlob?: Uint8Array
    readonly EncryptionContext?: Readonly<Record<string, string>>
  }
}

type EnvelopeCommand = {
  readonly constructor: { readonly name: string }
  readonly input: {
    readonly Item?: { readonly ref: string; readonly envelope: Uint8Array }
    readonly Key?: { readonly ref: string }
  }
}

/** May wait, throw or never return, before the call and after it. */
type Around = <T>(does: () => T, broken: () => Error) => Promise<T>

/** Secrets Manager, and the table of envelopes with its key, in memory. What goes wrong there says so as the SDK does: with the whole request in the error. */
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

  function open(around: Around): SecretsManagerClient {
    const send = (command: Command) =>
      around(
        () => perform(command),
        () => failure('InternalServiceError', command.input),
      )
    return { send } as unknown as SecretsManagerClient
  }

  const envelopes = new Map<string, Uint8Array>()

  /** KMS: what it has encrypted opens with the same context only. */
  function performByKey({ constructor: { name }, input }: KeyCommand) {
    const context = JSON.stringify(input.EncryptionContext)
    switch (name) {
      case 'EncryptCommand':
        return { CiphertextBlob: sealed(context, input.Plaintext ?? new Uint8Array()) }
      case 'DecryptCommand': {
        const opened = unsealed(context, input.CiphertextBlob ?? new Uint8Array())
        if (opened === undefined) throw failure('InvalidCiphertextException', input)
        return { Plaintext: opened }
      }
      default:
        throw new Error(`The model of the key knows no ${name}.`)
    }
  }

  function performOnTable({ constructor: { name }, input }: EnvelopeCommand) {
    const of = input.Item?.ref ?? input.Key?.ref ?? ''
    const known = envelopes.get(of)
    switch (name) {
      case 'PutCommand':
        if (known !== undefined) throw failure('ConditionalCheckFailedException', input)
        envelopes.set(of, input.Item?.envelope ?? new Uint8Array())
        return {}
      case 'GetCommand':
        return known === undefined ? {} : { Item: { ref: of, envelope: known } }
      case 'DeleteCommand':
        envelopes.delete(of)
        return {}
      default:
        throw new Error(`The model of the envelopes knows no ${name}.`)
    }
  }

  const opener =
    <C extends { readonly input: unknown }>(does: (command: C) => object) =>
    (around: Around) => ({
      send: (command: C) =>
        around(
          () => does(command),
          () => failure('InternalServiceError', command.input),
        ),
    })

  return {
    open,
    openKey: (around: Around) => opener(performByKey)(around) as unknown as KMSClient,
    openEnvelopes: (around: Around) => opener(performOnTable)(around) as unknown as DynamoDBDocumentClient,
    names: (): readonly string[] => [...secrets.keys(), ...[...envelopes.keys()].map((ref) => `keys/${ref}`)],
  }
}

/** Not a cipher, but nothing of the text is seen in it. */
function sealed(context: string, plain: Uint8Array): Uint8Array {
  return Buffer.from(JSON.stringify([context, Buffer.from(plain).toString('base64')])).map(
    (byte) => byte ^ 0x5a,
  )
}

function unsealed(context: string, cipher: Uint8Array): Uint8Array | undefined {
  const [bound, plain] = JSON.parse(Buffer.from(cipher.map((byte) => byte ^ 0x5a)).toString())
  return bound === context ? Buffer.from(plain, 'base64') : undefined
}

function failure(name: string, input: unknown): Error {
  return Object.assign(new Error(`${name}: ${JSON.stringify(input)}`), { name, input })
}
