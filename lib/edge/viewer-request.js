/// <reference path="./cloudfront.d.ts" />
import cf from 'cloudfront';

/**
 * Runs in CloudFront on every request, before an origin is asked. Its JavaScript runtime 2.0 knows ES 5.1 and little of
 * what came later: no destructuring, no `?.`, and no import but its own. The function has no secret: many may read it.
 *
 * @typedef {Object<string, { value: string }>} Values
 * @param {{
 *   viewer: { ip: string },
 *   request: { uri: string, querystring: Values, headers: Values },
 * }} event
 */
// oxlint-disable-next-line no-unused-vars -- CloudFront calls it by this name.
function handler(event) {
  const request = event.request;

  // Always overwritten: a client could write this header, and would be counted as somebody else.
  request.headers['x-weelo-client-address'] = { value: event.viewer.ip };
  // CloudFront overwrites a header of this name by the origin's own. If the origin ever has none, a guess still ends here.
  delete request.headers['x-weelo-edge-secret'];

  const isSocketIo = request.uri === '/socket.io' || request.uri.startsWith('/socket.io/');
  if (!isSocketIo) return request;

  // CloudFront chooses a behaviour by the path alone, and both transports have this one. Its behaviour leads to the
  // WebSocket API. The header `Upgrade` is not shown to functions, but the query says the same.
  const transport = request.querystring.transport;
  if (transport && transport.value === 'websocket') request.uri = '/ws';
  else cf.selectRequestOriginById('http');
  return request;
}
