import { baseUrls } from '../../src/contract/environment.ts';

/** What of Weelo its template does not say, for everyone who runs it on this machine. */
export const weeloSettings = {
  /** The raw protocol's path, and Socket.IO's. */
  webSocketPaths: ['/ws', '/socket.io/'],
  /** The hosts behind the base URLs of what is not AWS: they are played. */
  baseUrls: Object.fromEntries(
    Object.entries(baseUrls).map(([variable, url]) => [variable, new URL(url).host]),
  ),
} as const;
