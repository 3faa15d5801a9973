import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'

export type StreamedResponse = {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: AsyncIterable<Uint8Array> & { destroy(error?: Error): void }
}

/** Reads one body within the attempt's time (milliseconds) and a bound of memory (bytes, inflated). */
export async function readBody(
  response: StreamedResponse,
  timeout: number,
  maxBody: number,
): Promise<string> {
  const timer = setTimeout(() => response.body.destroy(new Error('slow body')), timeout)
  try {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body) {
      size += chunk.length
      if (size > maxBody) throw new Error('huge body')
      chunks.push(chunk)
    }
    const encoding = response.headers['content-encoding']
    const inflated = await inflateBody(
      Buffer.concat(chunks),
      typeof encoding === 'string' ? encoding : '',
      maxBody,
    )
    return inflated.toString('utf8')
  } finally {
    clearTimeout(timer)
    response.body.destroy()
  }
}

async function inflateBody(body: Buffer, encoding: string, maxOutputLength: number): Promise<Buffer> {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return promisify(gunzip)(body, { maxOutputLength })
    case 'br':
      return promisify(brotliDecompress)(body, { maxOutputLength })
    case 'deflate':
      return promisify(inflate)(body, { maxOutputLength })
    default:
      return body
  }
}
