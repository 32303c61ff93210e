import type { Send } from './client.ts';

/** Sends requests to a gateway, as an app does. */
export function overTheWire(origin: string): Send {
  return async ({ method, path, query, headers, body }) => {
    const url = new URL(path, origin);
    url.search = new URLSearchParams(query).toString();
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  };
}
