import { isIP, isIPv6 } from 'node:net';
import { edgeHeaders } from '../../src/contract/edge.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { IsFromEdge } from '../../src/platform/edge-secret.ts';

/** The client's address, as the edge says it. A request that did not come through the edge is refused. */
export async function addressFromEdge(
  headers: Readonly<Record<string, string | undefined>>,
  isFromEdge: IsFromEdge,
): Promise<string> {
  const address = headers[edgeHeaders.address] ?? '';
  const isOurs = await isFromEdge(headers[edgeHeaders.secret]);
  if (!isOurs || isIP(address) === 0) throw new AppError('WRONG_HOST');
  return countedAs(address);
}

/**
 * A line with IPv6 has 2^64 addresses, and a phone changes its own as it likes. So all that share the first half count
 * as one. The edge has IPv6, and our APIs have not.
 */
function countedAs(address: string): string {
  if (!isIPv6(address)) return address;
  const [front, back] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const groups = front ?? [];
  const left = back ? 8 - groups.length - back.length : 0;
  const all = [...groups, ...Array.from({ length: left }, () => '0'), ...(back ?? [])];
  const network = all.slice(0, 4).map((each) => Number.parseInt(each, 16).toString(16));
  return `${network.join(':')}::/64`;
}
