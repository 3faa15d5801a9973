/**
 * What the distribution runs before it asks anybody. Both headers are written over whatever a client has sent: the firewall counts
 * by the one, and the API words its addresses by the other.
 */
export function atTheEdge(clientAddressHeader: string): string {
  return `function handler(event) {
  var request = event.request
  request.headers['${clientAddressHeader}'] = { value: event.viewer.ip }
  request.headers['x-console-host'] = { value: request.headers.host.value }
  if (request.uri === '/') request.uri = '/index.html'
  return request
}
`
}
