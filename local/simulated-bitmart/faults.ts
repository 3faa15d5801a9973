/** What a call may come to instead of its answer. */
export const faultKinds = [
  'http-502-html',
  'reset',
  'http-200-html',
  'http-429',
  'truncated-json',
  'http-503-json',
  'maintenance-200',
  'hang',
  'slow-body',
  'no-message',
  'no-code',
  'null-data',
  'http-418',
] as const

export type FaultKind = (typeof faultKinds)[number]

/** What goes over the wire: a whole answer, one that trickles in, a broken connection, or nothing at all. */
export type Delivery =
  | {
      readonly how: 'whole' | 'trickle'
      readonly status: number
      readonly type: string
      readonly body: string
    }
  | { readonly how: 'reset' | 'hang' }

export type Envelope = (code: number, data: unknown, without?: 'code' | 'message') => string

export const jsonType = 'application/json;charset=UTF-8'

/** `good` is the answer that the call would have had; `envelope` writes another one in BitMart's form. */
export function faulty(kind: FaultKind, good: string, envelope: Envelope): Delivery {
  switch (kind) {
    case 'http-502-html':
      return html(502, 'Bad gateway')
    case 'http-200-html':
      return html(200, 'Checking your browser')
    case 'reset':
    case 'hang':
      return { how: kind }
    case 'http-429':
      return json(429, envelope(30013, {}))
    case 'http-418':
      return json(418, envelope(30017, {}))
    case 'http-503-json':
      return json(503, envelope(30014, {}))
    case 'maintenance-200':
      return json(200, envelope(30016, {}))
    case 'truncated-json':
      return json(200, good.slice(0, Math.floor(good.length / 2)))
    case 'slow-body':
      return { how: 'trickle', status: 200, type: jsonType, body: good }
    case 'no-message':
      return json(503, envelope(30014, {}, 'message'))
    case 'no-code':
      return json(200, envelope(1000, [], 'code'))
    case 'null-data':
      return json(200, envelope(1000, null))
  }
}

/** A page of the network in front of BitMart. */
export function html(status: number, title: string): Delivery {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`
  return { how: 'whole', status, type: 'text/html; charset=UTF-8', body }
}

export function json(status: number, body: string): Delivery {
  return { how: 'whole', status, type: jsonType, body }
}
