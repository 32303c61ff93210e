/** Reads what the stack of the edge says of where it is. */
export type ReadEdgeUrl = (region: string, stack: string) => Promise<string>;

/**
 * Where the apps reach the API. An edge without a domain gets its host when it is made, which is after the canary: then
 * `API_URL` names the edge's stack.
 */
export async function findApi(apiUrl: string, readEdgeUrl: ReadEdgeUrl): Promise<string> {
  if (URL.canParse(apiUrl)) return apiUrl;
  const [region = '', stack = ''] = apiUrl.split('/');
  return readEdgeUrl(region, stack);
}
