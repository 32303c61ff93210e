import * as z from 'zod';
import type { Answer } from './answer.ts';
import { hopByHop } from './request-context.ts';

const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const Structured = z.object({
  // 1xx would not be the answer yet.
  statusCode: z.coerce.number().int().min(200).max(599),
  headers: z.record(z.string(), Scalar).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/**
 * A function's result as an answer, or undefined for one that names a status code and is malformed.
 * Without a status code it is a 200 of JSON, a bare string included.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function answerOf(result: unknown): Answer | undefined {
  const namesStatus = typeof result === 'object' && result !== null && 'statusCode' in result;
  if (!namesStatus) return inferred(result);
  const parsed = Structured.safeParse(result);
  if (!parsed.success) return undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  return {
    status: statusCode,
    headers: headersOf(headers ?? {}, cookies ?? []),
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

function inferred(result: unknown): Answer {
  return {
    status: 200,
    headers: new Map([['content-type', 'application/json']]),
    body: typeof result === 'string' ? result : JSON.stringify(result ?? null),
  };
}

function headersOf(
  sent: Readonly<Record<string, string>>,
  cookies: readonly string[],
): ReadonlyMap<string, string | readonly string[]> {
  const headers = new Map<string, string | readonly string[]>([
    ['content-type', 'text/plain; charset=utf-8'],
  ]);
  for (const [name, value] of Object.entries(sent)) {
    const key = name.toLowerCase();
    // The gateway knows how long the body is, and whether the connection stays.
    if (!hopByHop.has(key) && key !== 'content-length') headers.set(key, value);
  }
  if (cookies.length === 0) return headers;
  const alone = headers.get('set-cookie') ?? [];
  return headers.set('set-cookie', [alone, cookies].flat());
}
