import { readFile } from 'node:fs/promises'
import type { BuildOptions, Plugin } from 'esbuild'

/** What is written in CommonJS asks for Node's own modules by `require`, which an ES module does not have. */
const requireForCommonJs =
  "import{createRequire as _createRequire}from'node:module';const require=_createRequire(import.meta.url);"

/** Modules that the code imports and never uses: what they are for, and the names that are imported from them. */
const leftOut = [
  { what: 'messages in other languages', path: /^zod\/v4\/locales\/(?!en\.|index\.)/, names: [] },
  { what: 'the messages of MEXC', path: /^ccxt\/js\/src\/protobuf\//, names: [] },
  {
    what: 'the signatures of dYdX',
    path: /^ccxt\/js\/src\/static_dependencies\/dydx-v4-client\//,
    names: ['Long', 'encodeAsAny', 'AuthInfo', 'Tx', 'TxBody', 'TxRaw', 'SignDoc', 'SignMode'],
  },
  {
    what: 'the signatures of zkLink',
    path: /^ccxt\/js\/src\/static_dependencies\/zklink\//,
    names: ['newRpcSignerWithProvider', 'ContractBuilder', 'newContract', 'TransferBuilder', 'newTransfer'],
  },
  {
    what: 'the signatures of Starknet',
    path: /^(ccxt\/js\/src\/static_dependencies|@scure)\/starknet\//,
    names: ['CallData', 'hash', 'typedData', 'getStarkKey', 'ethSigToPrivate', 'sign'],
  },
  {
    what: 'the signatures of Ethereum',
    path: /^ccxt\/js\/src\/static_dependencies\/ethers\//,
    names: ['TypedDataEncoder'],
  },
  {
    // Lambda puts a function's credentials into its environment; taking any others would be a fault.
    what: 'credentials that are not in the environment',
    path: /^@(aws-sdk|smithy)\/credential-provider-(http|imds|ini|process|sso|web-identity)\//,
    names: [
      'fromContainerMetadata',
      'fromHttp',
      'fromIni',
      'fromInstanceMetadata',
      'fromProcess',
      'fromSSO',
      'fromTokenFile',
      'ENV_CMDS_FULL_URI',
      'ENV_CMDS_RELATIVE_URI',
    ],
  },
  {
    what: 'WebSockets',
    path: /^(ws|fflate)\//,
    names: ['createWebSocketStream', 'gunzipSync', 'inflateSync'],
  },
]

/** Puts something in the place of each module left out that throws a clear error as soon as it is used. */
const leaveOutTheUnused: Plugin = {
  name: 'leave-out-the-unused',
  setup({ onLoad, onResolve }) {
    onLoad(
      { filter: /[\\/]node_modules[\\/](zod|ccxt|@scure|@aws-sdk|@smithy|ws|fflate)[\\/]/ },
      ({ path }) => {
        const module = path.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? ''
        const rule = leftOut.find((one) => one.path.test(module))
        if (rule === undefined) return undefined
        const names = ['default', ...rule.names].map((name) => `default as ${name}`)
        return { contents: `export { ${names.join(', ')} } from 'left-out:${rule.what}'`, loader: 'js' }
      },
    )
    onResolve({ filter: /^left-out:/ }, ({ path }) => ({
      path: path.replace('left-out:', ''),
      namespace: 'left-out',
    }))
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path: what }) => ({
      contents: `
        const fail = () => { throw new Error(${JSON.stringify(`This was built without ${what}: see bundling/bundled.ts.`)}) }
        export default new Proxy(function () {}, { get: fail, set: fail, apply: fail, construct: fail })`,
      loader: 'js',
    }))
  },
}

/**
 * ccxt tells bundlers to leave undici alone and, where it is missing, falls back to another transport without a word.
 * Ours depends on undici: its body is read within the attempt's time, and no redirect is followed.
 */
const bringUndiciAlong: Plugin = {
  name: 'bring-undici-along',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]ccxt[\\/]js[\\/]src[\\/]base[\\/]Exchange\.js$/ }, async ({ path }) => {
      const written = await readFile(path, 'utf8')
      // It is CommonJS: in a file of its own, all it exports is its default.
      const contents = written.replace(
        "import(/* webpackIgnore: true */ 'undici')",
        "import('undici').then(({ default: undici }) => undici)",
      )
      if (contents === written)
        throw new Error('ccxt loads undici in another way now: see bundling/bundled.ts.')
      return { contents, loader: 'js' }
    })
  },
}

/** How code becomes few small files, for functions in the cloud and for the programs of a laptop alike. */
export const bundled = {
  bundle: true,
  minify: true,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // What is imported when it is used, a driver of an exchange, lies in a file of its own: start-up does not grow with it.
  splitting: true,
  chunkNames: '[name]-[hash]',
  platform: 'node',
  mainFields: ['module', 'main'],
  banner: { js: requireForCommonJs },
  legalComments: 'none',
  logLevel: 'silent',
  plugins: [leaveOutTheUnused, bringUndiciAlong],
} satisfies BuildOptions
