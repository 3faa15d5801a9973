/** What a symbol says of its coins: all before the last hyphen is the base, as in `ATOM(ARC20)-USDT` and `$U-USDT`. */
export function coinsOf(symbol: string): { readonly base: string; readonly quote: string } | undefined {
  const split = symbol.lastIndexOf('-')
  if (split <= 0 || split === symbol.length - 1) return undefined
  return { base: symbol.slice(0, split), quote: symbol.slice(split + 1) }
}
