import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generateAccount } from '../../local/simulated-bitmart/account.ts'
import { startSimulatedBitmart } from '../../local/simulated-bitmart/server.ts'
import { startConnectProxy } from '../exchanges/connect-proxy.ts'
import {
  canaryKey,
  environmentFor,
  expectNoSecretIn,
  runImporter,
  temporaryDirectory,
} from '../local/import-process.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const names = ['api-cloud.bitmart.com', 'api-cloud-v2.bitmart.com']

/** A certificate for BitMart's own addresses, which nobody else believes. */
function certify(directory: string) {
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')]
  const subject = [
    '-subj',
    `/CN=${names[0]}`,
    '-addext',
    `subjectAltName=${names.map((name) => `DNS:${name}`)}`,
  ]
  const made = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate]
  execFileSync('openssl', ['req', '-x509', ...made, ...subject], { stdio: 'ignore' })
  return { certificate, tls: { key: readFileSync(key), cert: readFileSync(certificate) } }
}

describe.skipIf(!hasOpenssl)('behind a proxy', { timeout: 240_000 }, () => {
  it('the importer asks BitMart at its own addresses, by TLS, and shows the password of the proxy nowhere', async () => {
    const directory = temporaryDirectory()
    const bitmart = await startSimulatedBitmart({
      account: generateAccount({ seed: 1, now: Date.now(), spotFills: 30 }),
      keys: [{ ...canaryKey, subaccount: true, futuresOpened: false }],
      enforceLimits: false,
    })
    const { certificate, tls } = certify(directory)
    const front = createTlsServer(tls, (socket) => {
      const behind = connect(Number(new URL(bitmart.spotUrl).port), '127.0.0.1')
      socket.pipe(behind).pipe(socket)
      for (const [one, other] of [
        [socket, behind],
        [behind, socket],
      ] as const)
        one.on('error', () => other.destroy()).on('close', () => other.destroy())
    })
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
    const proxy = await startConnectProxy(() => (front.address() as AddressInfo).port)
    onTestFinished(async () => {
      await proxy.close()
      front.close()
      await bitmart.close()
    })
    const {
      BITMART_SPOT_URL: _spot,
      BITMART_FUTURES_URL: _futures,
      ...env
    } = environmentFor(bitmart, join(directory, 'data'))
    const { exitCode, stdout, stderr } = await runImporter(['--out', join(directory, 'out')], {
      ...env,
      NODE_EXTRA_CA_CERTS: certificate,
      HTTPS_PROXY: `http://somebody:PROXY-PASSWORD@127.0.0.1:${proxy.port}`,
    })
    expect(stdout).toContain(`Asking BitMart through the proxy 127.0.0.1:${proxy.port} about the key …`)
    expect(stdout + stderr).not.toContain('PROXY-PASSWORD')
    expect(stdout).toMatch(/30 new transactions/)
    expect([0, 3]).toContain(exitCode)
    expect(new Set(proxy.tunnels.map(({ to }) => to))).toEqual(new Set(names.map((name) => `${name}:443`)))
    expect(new Set(proxy.tunnels.map(({ authorization }) => authorization))).toEqual(
      new Set([`Basic ${Buffer.from('somebody:PROXY-PASSWORD').toString('base64')}`]),
    )
    await expectNoSecretIn(directory)
  })
})
