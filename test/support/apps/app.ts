import { expect } from 'vitest';
import * as z from 'zod';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A refusal, as both apps read it. */
const Refusal = z.object({
  success: z.literal(false),
  error: z.object({
    code: z.string(),
    message: z.string().min(1),
    data: z.record(z.string(), z.unknown()).optional(),
  }),
});

const Done = z.object({ success: z.literal(true), data: z.unknown() });

type Refused = z.output<typeof Refusal>['error'] & { readonly status: number };

/**
 * One of the two shipped apps, as it speaks HTTP: its paths, its headers, its bodies, and what it needs in an answer.
 * Nothing here is made from our contract.
 */
export interface App {
  /** What is under `data` of the answer. */
  get<S extends z.ZodType>(path: string, data: S): Promise<z.output<S>>;
  say<S extends z.ZodType>(
    method: Method,
    path: string,
    body: object | undefined,
    data: S,
    headers?: Readonly<Record<string, string>>,
  ): Promise<z.output<S>>;
  /** Something that is refused. */
  refused(
    method: Method,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Refused>;
}

interface Phone {
  readonly origin: string;
  readonly token?: string;
  readonly headers: (method: Method) => Readonly<Record<string, string>>;
}

function appOn({ origin, token, headers: own }: Phone): App {
  const ask: (
    ...asked: Parameters<App['refused']>
  ) => Promise<{ status: number; text: string }> = async (method, path, body, headers = {}) => {
    const response = await fetch(`${origin}/api/v1/${path}`, {
      method,
      headers: {
        ...own(method),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect(response.headers.get('cache-control'), path).toContain('no-store');
    return { status: response.status, text: await response.text() };
  };
  const say: App['say'] = async (method, path, body, data, headers) => {
    const { status, text } = await ask(method, path, body, headers);
    expect([200, 201], `${method} ${path}: ${text}`).toContain(status);
    const told = data.safeParse(Done.parse(JSON.parse(text)).data);
    if (!told.success) throw new Error(`${method} ${path}: ${told.error.message}\n${text}`);
    return told.data;
  };
  return {
    say,
    get: (path, data) => say('GET', path, undefined, data),
    refused: async (...asked) => {
      const { status, text } = await ask(...asked);
      return { status, ...Refusal.parse(JSON.parse(text)).error };
    },
  };
}

const json = 'application/json';

/** The customer app. It leaves out what it has not. */
export const customerApp = (origin: string, token?: string) =>
  appOn({
    origin,
    ...(token !== undefined && { token }),
    headers: (method): Record<string, string> => (method === 'GET' ? {} : { 'content-type': json }),
  });

/** The Captain app. It sends the same headers with every request, and null for what it has not. */
export const captainApp = (origin: string, token?: string) =>
  appOn({
    origin,
    ...(token !== undefined && { token }),
    headers: (method) => ({
      'content-type': json,
      accept: json,
      'x-device-id': '9774d56d682e549c',
      'x-no-compression': 'true',
      ...(method === 'GET' && { 'cache-control': 'max-age=300' }),
    }),
  });
