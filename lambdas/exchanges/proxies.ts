/** The proxy that a call to this address goes through; undefined when it goes straight. May hold a password. */
export type ProxyOf = (url: string) => string | undefined

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Proxies as the environment names them, in the way that curl and most programs read it: `HTTPS_PROXY`, `HTTP_PROXY`,
 * `ALL_PROXY` and `NO_PROXY`, in either case. This computer itself is never asked through a proxy. Throws an error of one
 * sentence that names the variable, and never its value, which may hold a password.
 */
export function proxiesOf(env: Environment): ProxyOf {
  const all = proxyIn(env, 'ALL_PROXY')
  const proxies: Readonly<Record<string, string | undefined>> = {
    'https:': proxyIn(env, 'HTTPS_PROXY') ?? all,
    'http:': proxyIn(env, 'HTTP_PROXY') ?? all,
  }
  const direct = exceptionsIn(readVariable(env, 'NO_PROXY')?.value ?? '')
  return (url) => {
    const { protocol, hostname, port } = new URL(url)
    return direct(hostname, port || defaultPorts[protocol] || '') ? undefined : proxies[protocol]
  }
}

/** What may be said of a proxy: where it is, without user and password. */
export function placeOf(proxy: string): string {
  return new URL(proxy).host
}

const defaultPorts: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' }

/** The small letters come first, as everywhere. */
function readVariable(
  env: Environment,
  name: string,
): { readonly name: string; readonly value: string } | undefined {
  return [name.toLowerCase(), name]
    .map((variable) => ({ name: variable, value: env[variable]?.trim() ?? '' }))
    .find(({ value }) => value !== '')
}

function proxyIn(env: Environment, variable: string): string | undefined {
  const given = readVariable(env, variable)
  if (given === undefined) return undefined
  // People write `proxy.example:3128`, and the others take it.
  const address = given.value.includes('://') ? given.value : `http://${given.value}`
  if (!URL.canParse(address) || !/^(https?|socks5?):$/.test(new URL(address).protocol))
    throw new Error(
      `${given.name} must be the address of an HTTP or SOCKS5 proxy, such as http://proxy.example:3128.`,
    )
  return address
}

/** Entries are `host`, `.domain`, `*.domain`, each also with `:port`, or `*` for everything; a name means what is below it too. */
function exceptionsIn(list: string): (host: string, port: string) => boolean {
  const entries = list
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [, name = entry, port] = /^(.+):(\d+)$/.exec(entry) ?? []
      return { name: name.replace(/^\*?\./, ''), port }
    })
  return (host, port) =>
    isThisComputer(host) ||
    entries.some(
      (entry) =>
        (entry.port === undefined || entry.port === port) &&
        (entry.name === '*' || host === entry.name || host.endsWith(`.${entry.name}`)),
    )
}

function isThisComputer(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(host)
  )
}
