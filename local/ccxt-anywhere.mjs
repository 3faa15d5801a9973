/**
 * ccxt lets nobody import one exchange by name, so we do it by file path, as bundlers need it. Installed as a package,
 * ccxt lies elsewhere: beside us. This finds it where Node would.
 */
export async function resolve(specifier, context, next) {
  const file = /\/node_modules\/ccxt\/js\/(.+)$/.exec(specifier)?.[1]
  if (file === undefined) return next(specifier, context)
  const { url } = await next('ccxt', context)
  return next(new URL(file, url).href, context)
}
