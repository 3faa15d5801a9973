/** What the distribution tells the gateway: that it is the one that asks, and for whom. */

export const originSecretHeader = 'x-origin-secret'
export const clientAddressHeader = 'x-client-address'
