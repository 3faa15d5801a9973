/** Bitrue writes coins in lower case in one place and in capitals in another: here they are told in capitals everywhere. */
export function told(name: string): string {
  return name.toUpperCase()
}

/** The name by which transfers are asked for. */
export function asked(coin: string): string {
  return coin.toLowerCase()
}
