/** Reads what the stack of the edge says of where it is. */
export type ReadEdgeUrl = (region: string, stack: string) => Promise<string | undefined>;

/**
 * Where the apps reach the API. An edge without a domain gets its host when it is made, which is after the canary: then
 * `API_URL` names the edge's stack. In a first deployment there is none for a while.
 */
export async function findApi(
  apiUrl: string,
  readEdgeUrl: ReadEdgeUrl,
): Promise<string | undefined> {
  if (URL.canParse(apiUrl)) return apiUrl;
  const [region = '', stack = ''] = apiUrl.split('/');
  return readEdgeUrl(region, stack);
}
