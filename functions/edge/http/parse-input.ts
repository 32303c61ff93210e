import type * as z from 'zod';
import { AppError, type ErrorDetail } from '../../../src/contract/errors.ts';
import { readJsonObject, refuseUnkeepable } from '../read-json.ts';
import { invalid } from '../invalid.ts';
import { routeOf, type HttpEvent, type HttpMiddleware } from './call.ts';

/** Parses everything a route declares, and reports every bad field of all of it at once. */
export function parseInput(): HttpMiddleware {
  return {
    before: ({ event, context }) => {
      const { params, query, headers, body } = routeOf(context.call);
      const wrong: ErrorDetail[] = [];
      const parse = (
        schema: z.ZodObject | undefined,
        read: () => Readonly<Record<string, unknown>>,
      ) => {
        if (!schema) return {};
        const parsed = schema.safeParse(read());
        if (parsed.success) return parsed.data;
        wrong.push(...invalid(parsed.error).details);
        return {};
      };
      context.call.input = {
        params: parse(params, () => texts(event.pathParameters)),
        query: parse(query, () => texts(event.queryStringParameters)),
        headers: parse(headers, () => event.headers),
        body: parse(body, () => readJsonObject(bodyOf(event))),
      };
      if (wrong.length > 0) throw new AppError('VALIDATION_ERROR', { details: wrong });
    },
  };
}

function bodyOf({ body, isBase64Encoded }: HttpEvent): string {
  if (!body) return '{}';
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

function texts(parameters: Readonly<Record<string, string | undefined>> = {}) {
  for (const text of Object.values(parameters)) refuseUnkeepable(text ?? '');
  return parameters;
}
