import type { HttpApiDescription } from '../gateway/descriptions.ts';
import { engineAt } from '../protocol/engine.ts';
import type { Account, PlayedRequest, PlayedResponse } from '../protocol/played-service.ts';
import { errorIn } from '../protocol/wire-errors.ts';
import { forward } from './forward.ts';

type Serve = (request: PlayedRequest) => Promise<PlayedResponse>;

/** The host that the template gives the HTTP API: a function that calls it comes to the gateway, like any client. */
export function apiHost(
  { apiId }: HttpApiDescription,
  { region }: Account,
  /** Undefined until the gateway listens. */
  gateway: () => string | undefined,
): Readonly<Record<string, Serve>> {
  return {
    [`${apiId}.execute-api.${region}.amazonaws.com`]: async (request) => {
      const origin = gateway();
      if (origin === undefined) {
        const message = 'The gateway does not listen yet.';
        return errorIn('rest-json', { status: 503, code: 'ServiceUnavailable', message });
      }
      const query = request.query.toString();
      return forward(
        query === '' ? request : { ...request, path: `${request.path}?${query}` },
        engineAt(origin),
      );
    },
  };
}
