import type { HttpApiRoute } from './descriptions.ts';

export interface RouteMatch {
  readonly route: HttpApiRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

export type FindRoute = (method: string, path: string) => RouteMatch | undefined;

interface Candidate {
  readonly route: HttpApiRoute;
  readonly method: string;
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly kind: 'literal' | 'parameter' | 'greedy';
  /** The literal's text, or the variable's name. */
  readonly text: string;
}

/**
 * The most specific route wins: a full match before a greedy one, text before a variable, a method
 * before ANY, and `$default` last.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function routeFinder(routes: readonly HttpApiRoute[]): FindRoute {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const candidates = routes.filter((each) => each !== fallback).map(candidateOf);
  candidates.sort(bySpecificity);
  return (method, path) => {
    const parts = path.slice(1).split('/');
    for (const { route, segments, method: wanted } of candidates) {
      if (wanted !== 'ANY' && wanted !== method) continue;
      const pathParameters = match(segments, parts);
      if (pathParameters) return { route, pathParameters };
    }
    return fallback && { route: fallback, pathParameters: {} };
  };
}

function candidateOf(route: HttpApiRoute): Candidate {
  const [, method, path] = /^([A-Z]+) \/(.*)$/.exec(route.routeKey) ?? [];
  if (method === undefined || path === undefined) {
    throw new Error(
      `"${route.routeKey}" is no route key of an HTTP API: write a method and a path, such as "GET /pets/{id}", or "$default".`,
    );
  }
  // API Gateway refuses it when the API is deployed.
  if (path.endsWith('/')) {
    throw new Error(`"${route.routeKey}" is no route key of an HTTP API: it ends with a slash.`);
  }
  return { route, method, segments: path.split('/').map(segmentOf) };
}

function segmentOf(text: string): Segment {
  const [, name, greedy] = /^\{([^{}+]+)(\+?)\}$/.exec(text) ?? [];
  if (name === undefined) return { kind: 'literal', text };
  return { kind: greedy === '+' ? 'greedy' : 'parameter', text: name };
}

const rank = { literal: 0, parameter: 1, greedy: 2 } as const;

function bySpecificity(one: Candidate, other: Candidate): number {
  const isGreedy = ({ segments }: Candidate): number =>
    segments.at(-1)?.kind === 'greedy' ? 1 : 0;
  const byGreed = isGreedy(one) - isGreedy(other);
  if (byGreed !== 0) return byGreed;
  for (const [index, segment] of one.segments.entries()) {
    const against = other.segments[index];
    const difference = against === undefined ? -1 : rank[segment.kind] - rank[against.kind];
    if (difference !== 0) return difference;
  }
  if (one.segments.length !== other.segments.length) return 1;
  return Number(one.method === 'ANY') - Number(other.method === 'ANY');
}

/** A variable takes one part that is not empty; a greedy one takes the rest, even an empty one. */
function match(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const [index, { kind, text }] of segments.entries()) {
    const part = parts[index];
    if (part === undefined) return undefined;
    if (kind === 'greedy') return { ...found, [text]: parts.slice(index).join('/') };
    if (kind === 'parameter' ? part === '' : part !== text) return undefined;
    if (kind === 'parameter') found[text] = part;
  }
  return segments.length === parts.length ? found : undefined;
}
