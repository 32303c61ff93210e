/** Where a request goes: the path decoded, as API Gateway matches it and hands it on, and the query raw. */
export interface RequestTarget {
  readonly path: string;
  readonly rawQueryString: string;
}

/**
 * API Gateway decodes the whole path before it looks for a route: `%2F` parts it, and what follows a
 * decoded `?` is lost. `rawPath` is decoded, too, whatever its name says.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function requestTarget(url: string): RequestTarget | undefined {
  if (!url.startsWith('/')) return undefined;
  const at = url.indexOf('?');
  const encoded = at < 0 ? url : url.slice(0, at);
  try {
    return {
      path: decodeURIComponent(encoded).replace(/\?.*$/s, ''),
      rawQueryString: at < 0 ? '' : url.slice(at + 1),
    };
  } catch {
    return undefined;
  }
}

/** The path below a stage: all of it below `$default`, else what follows the stage's name. */
export function pathInStage(path: string, stage: string): string | undefined {
  if (stage === '$default') return path;
  if (path === `/${stage}`) return '/';
  return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : undefined;
}
