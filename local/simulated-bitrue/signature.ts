import { createHmac } from 'node:crypto'

/** Hex HMAC-SHA256, as both families sign. */
export function sign(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex')
}

/** What of a query of the spot market is signed: all before the signature, which comes last. */
export function signedPart(query: string): string {
  return query.replace(/&?signature=[^&]*$/, '')
}

/** Of each family the example that was published. */
export const publishedSignatures = [
  {
    secret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j',
    text: 'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559',
    signature: 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71',
  },
  {
    secret: '902ae3cb34ecee2779aa4d3e1d226686',
    text: '1588591856950POST/sapi/v1/order/test{"symbol":"BTCUSDT","price":"9300","volume":"1","side":"BUY","type":"LIMIT"}',
    signature: 'c50d0a74bb9427a9a03933d0eded03af9bf50115dc5b706882a4fcf07a26b761',
  },
] as const
