import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  CloudStatus,
  FaultBoard,
  Kept,
  KeptMemory,
  PublishedEvent,
  SentMessage,
} from 'local-cloud';
import { cityRoutes, type LookAtCity } from './city-routes.ts';
import { docsRoutes, type Documents } from './docs-routes.ts';
import { homeRoute } from './home-route.ts';
import { clearFaults, setFault, showFaults } from './faults-route.ts';
import { mapRoutes } from './map/map-routes.ts';
import { showEvents, showMessages } from './messages-route.ts';
import { jsonReply, Misuse, send, visitOf, type DevRoute, type Reply } from './visit.ts';

export interface DevRoutesProps {
  readonly messages: Kept<SentMessage>;
  readonly events: Kept<PublishedEvent>;
  readonly faults: FaultBoard;
  readonly status: () => CloudStatus | Promise<CloudStatus>;
  readonly memory: () => Promise<readonly KeptMemory[]>;
  readonly documents: Documents;
  readonly city: LookAtCity;
}

/** Serves what only the cloud on this machine has; false: the request is not for it. */
export type DevRoutes = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export function makeDevRoutes(props: DevRoutesProps): DevRoutes {
  const { messages, events, faults, status, memory, documents, city } = props;
  const set: DevRoute = (visit) => setFault(faults, visit);
  const routes = new Map<string, DevRoute>([
    ['GET /_dev/messages', (visit) => showMessages(messages, visit)],
    ['GET /_dev/events', (visit) => showEvents(events, visit)],
    ['GET /_dev/status', async () => jsonReply(await status())],
    ['GET /_dev/memory', async () => jsonReply(await memory())],
    ['GET /_dev/faults', () => showFaults(faults)],
    ['POST /_dev/faults', set],
    ['PUT /_dev/faults', set],
    ['DELETE /_dev/faults', (visit) => clearFaults(faults, visit)],
    ...docsRoutes(documents),
    ...cityRoutes(city),
    ...mapRoutes(),
    homeRoute,
  ]);
  return async (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const isHome = path === '/' && (request.method === 'GET' || request.method === 'HEAD');
    if (!isHome && !/^\/(?:_dev|docs)(?:\/|$)/.test(path)) return false;
    // What begins so is a path that URL can read.
    const url = new URL(request.url ?? '/', 'http://dev');
    send(response, await replyTo(request, url, routes));
    return true;
  };
}

async function replyTo(
  request: IncomingMessage,
  url: URL,
  routes: ReadonlyMap<string, DevRoute>,
): Promise<Reply> {
  try {
    requireNeighbour(request);
    const route = routeFor(request.method ?? 'GET', url.pathname, routes);
    return await route(await visitOf(request, url));
  } catch (error) {
    if (error instanceof Misuse) return jsonReply({ error: error.message }, error.status);
    console.error(`${url.pathname} failed:`, error);
    return jsonReply({ error: `${url.pathname} failed: see the log of the local cloud.` }, 500);
  }
}

const own = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * One-time passwords can be read here. A web page that had its name resolve to 127.0.0.1 would send that
 * name as the host, and a page of another origin would send its origin.
 */
function requireNeighbour({ headers: { host = '', origin } }: IncomingMessage): void {
  const from = origin === undefined ? host : origin.replace(/^https?:\/\//, '');
  if (own.test(host) && own.test(from)) return;
  throw new Misuse(403, 'Only pages and programs of this machine may ask: use http://127.0.0.1.');
}

function routeFor(method: string, path: string, routes: ReadonlyMap<string, DevRoute>): DevRoute {
  const trimmed = path.replace(/(?<=.)\/$/, '');
  const route = routes.get(`${method === 'HEAD' ? 'GET' : method} ${trimmed}`);
  if (route) return route;
  const methods = [...routes.keys()]
    .filter((key) => key.endsWith(` ${trimmed}`))
    .map((key) => key.split(' ')[0]);
  if (methods.length > 0) throw new Misuse(405, `${trimmed} takes ${methods.join(', ')}.`);
  throw new Misuse(404, `No such route: there are ${[...routes.keys()].join(', ')}.`);
}
