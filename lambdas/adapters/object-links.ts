import { Buffer } from 'node:buffer'
import type { SQSClientResolvedConfig } from '@aws-sdk/client-sqs'
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner'

/** Whose links they are: of any client of the SDK, since all have the same. */
export type Signing = Pick<SQSClientResolvedConfig, 'credentials' | 'region' | 'sha256'>

/** In seconds: long enough to click, too short to pass on. */
const linkTime = 15 * 60

/**
 * Links that open an object of the bucket without any sign-in. Made without the client of S3, which would be a tenth of
 * the function that makes them. `endpoint` stands in for AWS where tests emulate it.
 */
export function objectLinks(
  { credentials, region, sha256 }: Signing,
  { bucket, endpoint }: { bucket: string; endpoint?: string },
) {
  const presigner = new S3RequestPresigner({ credentials, region, sha256 })

  /** `headers`: what the caller must send, letter by letter. */
  async function signed(
    method: 'GET' | 'PUT',
    key: string,
    seconds: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const path = key.split('/').map(encodeURIComponent).join('/')
    const address =
      endpoint === undefined
        ? new URL(`https://${bucket}.s3.${await region()}.amazonaws.com/${path}`)
        : new URL(`${endpoint}/${bucket}/${path}`)
    const { query = {} } = await presigner.presign(
      {
        method,
        protocol: address.protocol,
        hostname: address.hostname,
        ...(address.port !== '' && { port: Number(address.port) }),
        path: address.pathname,
        query: {},
        headers: { host: address.host, ...headers },
      },
      { expiresIn: seconds, unhoistableHeaders: new Set(Object.keys(headers)) },
    )
    const parameters = Object.entries(query).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
    )
    return `${address.href}?${parameters.join('&')}`
  }

  return {
    /** An address that opens the object for so many seconds. It is not looked up. */
    link: (key: string, seconds = linkTime): Promise<string> => signed('GET', key, seconds),

    /** An address that takes these bytes and no others as the object, and what must be sent with them. */
    async uploadLink(
      key: string,
      { bytes, sha256: hexadecimal }: { readonly bytes: number; readonly sha256: string },
      seconds: number,
    ): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }> {
      const headers = { 'x-amz-checksum-sha256': Buffer.from(hexadecimal, 'hex').toString('base64') }
      // Whoever sends a body says how long it is by himself.
      const url = await signed('PUT', key, seconds, { ...headers, 'content-length': String(bytes) })
      return { url, headers }
    },
  }
}
