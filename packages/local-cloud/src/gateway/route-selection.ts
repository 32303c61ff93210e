/** Which route a message asks for; undefined where it names none. */
export type SelectRoute = (message: string) => string | undefined;

const VARIABLE = /\$\{request\.body\.([\w.-]+)\}|^\$request\.body\.([\w.-]+)$/g;

/**
 * `$request.body.action`, or a text with `${request.body.…}` in it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 */
export function routeSelector(expression: string): SelectRoute {
  const paths = [...expression.matchAll(VARIABLE)].map(
    ([, inText, alone]) => inText ?? alone ?? '',
  );
  if (paths.length === 0) {
    throw new Error(
      `The route selection expression "${expression}" is not understood: write "$request.body.action" or the like.`,
    );
  }
  return (message) => {
    const body = parsed(message);
    const values = paths.map((path) => valueAt(body, path.split('.')));
    if (values.some((value) => value === undefined)) return undefined;
    let index = 0;
    // Only the gateway itself takes the routes of its own events.
    const key = expression.replaceAll(VARIABLE, () => values[index++] ?? '');
    return key.startsWith('$') ? undefined : key;
  };
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function valueAt(value: unknown, path: readonly string[]): string | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return isScalar(value) ? String(value) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  return valueAt(Reflect.get(value, name), rest);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
