import type * as z from 'zod';
import { AppError, type ErrorDetail } from '../../../src/contract/errors.ts';
import { invalid, mostDetails } from '../invalid.ts';
import { readJsonObject } from '../read-json.ts';
import { unkeepableIn } from '../unkeepable.ts';
import { routeOf, type HttpEvent, type HttpMiddleware } from './call.ts';

/** Parses everything a route declares, and reports every bad field of all of it at once. */
export function parseInput(): HttpMiddleware {
  return {
    before: ({ event, context }) => {
      const { params, query, headers, body, text } = routeOf(context.call);
      const wrong: ErrorDetail[] = [];
      const parse = (
        schema: z.ZodObject | undefined,
        read: () => Readonly<Record<string, unknown>>,
      ) => {
        if (!schema) return {};
        const sent = read();
        const unkeepable = unkeepableIn(sent);
        const parsed = schema.safeParse(sent);
        if (parsed.success && unkeepable.length === 0) return parsed.data;
        const told = new Set(unkeepable.map(({ path }) => path));
        const others = parsed.error ? invalid(parsed.error).details : [];
        wrong.push(...unkeepable, ...others.filter(({ path }) => !told.has(path)));
        return {};
      };
      context.call.input = {
        params: parse(params, () => event.pathParameters ?? {}),
        query: parse(query, () => event.queryStringParameters ?? {}),
        headers: parse(headers, () => event.headers),
        body: parse(body, () => readJsonObject(bodyOf(event) || '{}')),
        text: text && parseText(text, bodyOf(event), wrong),
      };
      if (wrong.length > 0) {
        throw new AppError('VALIDATION_ERROR', { details: wrong.slice(0, mostDetails) });
      }
    },
  };
}

function parseText(schema: z.ZodString, sent: string, wrong: ErrorDetail[]): string | undefined {
  const unkeepable = unkeepableIn({ body: sent });
  const { data, error } = schema.safeParse(sent);
  if (unkeepable.length > 0) wrong.push(...unkeepable);
  else if (error) wrong.push(...invalid(error).details.map((each) => ({ ...each, path: 'body' })));
  return data;
}

function bodyOf({ body, isBase64Encoded }: HttpEvent): string {
  if (!body) return '';
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}
