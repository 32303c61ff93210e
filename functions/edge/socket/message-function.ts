import middy, { type MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type * as z from 'zod';
import { AppError } from '../../../src/contract/errors.ts';
import {
  socketError,
  SocketRequest,
  type SocketAction,
  type SocketImplementations,
} from '../../../src/contract/socket.ts';
import { asAppError } from '../as-app-error.ts';
import { invalid, mostDetails } from '../invalid.ts';
import { observe } from '../observe.ts';
import { readJsonObject } from '../read-json.ts';
import { unkeepableIn } from '../unkeepable.ts';

type SocketResult = Exclude<APIGatewayProxyResultV2, string>;
type AnyImplementation = (message: {
  readonly data: Readonly<Record<string, unknown>>;
  readonly connectionId: string;
}) => Promise<unknown>;

/** The handler of what clients say: every action gets exactly one answer, which carries its `ref`. */
export function messageFunction<A extends SocketAction>(
  actions: readonly A[],
  implementations: NoInfer<SocketImplementations<A>>,
) {
  const byName = new Map<string, AnyImplementation>(Object.entries(implementations));
  const answerTo = async (event: APIGatewayProxyWebsocketEventV2): Promise<SocketResult> => {
    const { action: name, ref, data } = parsed(SocketRequest, readJsonObject(event.body ?? ''));
    const action = actions.find((each) => each.action === name);
    const implementation = byName.get(name);
    if (!action || !implementation) throw new AppError('UNKNOWN_ACTION');
    const answered = await implementation({
      data: action.data ? parsed(action.data, keepable(data ?? {})) : {},
      connectionId: event.requestContext.connectionId,
    });
    const told = action.answer.data ? { data: action.answer.data.parse(answered) } : {};
    return said({ event: action.answer.event, ...(ref ? { ref } : {}), ...told });
  };

  return middy<APIGatewayProxyWebsocketEventV2, SocketResult>()
    .use(observe())
    .use(mapErrors())
    .handler(answerTo);
}

/** The connection lives on: what went wrong is an event like any other. */
function mapErrors(): MiddlewareObj<APIGatewayProxyWebsocketEventV2, SocketResult> {
  return {
    onError: (request) => {
      const { code, message, facts } = asAppError(request.error);
      const ref = refOf(request.event.body);
      request.response = said({
        event: 'error',
        ...(ref ? { ref } : {}),
        data: socketError.data.parse({
          code,
          message,
          ...facts,
          requestId: request.event.requestContext.requestId,
        }),
      });
    },
  };
}

/** The ref of a message that may be broken otherwise. */
function refOf(body: string | undefined): string | undefined {
  try {
    return SocketRequest.pick({ ref: true }).parse(readJsonObject(body ?? '')).ref ?? undefined;
  } catch {
    return undefined;
  }
}

function keepable<T>(data: T): T {
  const details = unkeepableIn(data).slice(0, mostDetails);
  if (details.length > 0) throw new AppError('VALIDATION_ERROR', { details });
  return data;
}

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new AppError('VALIDATION_ERROR', invalid(result.error));
  return result.data;
}

function said(message: Readonly<Record<string, unknown>>): SocketResult {
  return { statusCode: 200, body: JSON.stringify(message) };
}
