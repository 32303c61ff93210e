import { expect } from 'vitest';
import * as z from 'zod';
import { endpointOf, type AppName } from './endpoints.ts';
import { Refusal, refusals } from './refusals.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Headers = Readonly<Record<string, string>>;

type Refused = z.output<typeof Refusal>['error'] & { readonly status: number };

/**
 * One of the two shipped apps, as it speaks HTTP: its paths, its headers, its bodies, and what it needs in an answer.
 * Nothing here is made from our contract. Every answer of an endpoint that the tables know is checked against its table.
 */
export interface App {
  /** What is under `data` of the answer; where there is no such field, what is beside `success`. */
  get<S extends z.ZodType>(path: string, data: S): Promise<z.output<S>>;
  say<S extends z.ZodType>(
    method: Method,
    path: string,
    body: object | undefined,
    data: S,
    headers?: Headers,
  ): Promise<z.output<S>>;
  /** Something that is refused. */
  refused(method: Method, path: string, body?: object, headers?: Headers): Promise<Refused>;
}

interface Phone {
  readonly origin: string;
  readonly token?: string | undefined;
  /** What was answered to this phone and to others, and checked. */
  readonly checked: Checked;
}

/** Every answer, by the app and the endpoint; and every refusal, by the app and its code. */
export type Checked = Map<string, unknown[]>;

interface AppKind {
  readonly name: AppName;
  readonly headers: (method: Method) => Headers;
  /** To these paths the app shows no token. */
  readonly tokenless: RegExp;
  /** Fails if the app would not send a body like this. */
  readonly expectBody: (sent: object, asked: readonly string[], call: string) => void;
}

const Answer = z.looseObject({ data: z.unknown().optional() });

const appOf = (kind: AppKind) => (phone: Phone) => {
  const checker = checkerOf(kind.name, phone.checked);
  const ask = async (...[method, path, body, headers = {}]: Parameters<App['refused']>) => {
    if (body) kind.expectBody(body, endpointOf(method, path)?.sends ?? [], `${method} ${path}`);
    const token = kind.tokenless.test(path) ? undefined : phone.token;
    const root = path.startsWith('/') ? '' : '/api/v1/';
    const response = await fetch(`${phone.origin}${root}${path}`, {
      method,
      headers: {
        ...kind.headers(method),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (token !== undefined)
      expect(response.headers.get('cache-control'), path).toContain('no-store');
    expect(response.headers.get('content-type'), path).toContain('application/json');
    return { response, text: await response.text() };
  };
  const say: App['say'] = async (method, path, body, data, headers) => {
    const call = `${method} ${path}`;
    if (endpointOf(method, path)?.isKeyed)
      expect(headers, call).toHaveProperty('x-idempotency-key');
    const { response, text } = await ask(method, path, body, headers);
    expect([200, 201], `${call}: ${text}`).toContain(response.status);
    const whole: unknown = JSON.parse(text);
    checker.answer(method, path, whole);
    const { data: told, ...beside } = Answer.parse(whole);
    return parsed(data, told === undefined ? beside : told, call);
  };
  const refused: App['refused'] = async (method, path, ...rest) => {
    const { response, text } = await ask(method, path, ...rest);
    return checker.refusal(response, JSON.parse(text), `${method} ${path}`);
  };
  const app: App = { say, refused, get: (path, data) => say('GET', path, undefined, data) };
  return app;
};

function parsed<S extends z.ZodType>(schema: S, told: unknown, call: string): z.output<S> {
  const { success, data, error } = schema.safeParse(told);
  if (!success) throw new Error(`${call}: ${error.message}\n${JSON.stringify(told)}`);
  return data;
}

/** Checks what an app is answered, and notes what it has checked. */
const checkerOf = (app: AppName, checked: Checked) => {
  const note = (what: string, told: unknown) => {
    const key = `${app} ${what}`;
    checked.set(key, [...(checked.get(key) ?? []), told]);
  };
  return {
    answer(method: Method, path: string, whole: unknown) {
      const endpoint = endpointOf(method, path);
      if (!endpoint) return;
      parsed(endpoint.answer, whole, `${method} ${path}`);
      note(endpoint.name, whole);
    },
    refusal({ status, headers }: Response, whole: unknown, call: string): Refused {
      const { error } = parsed(Refusal, whole, call);
      expect({ [error.code]: status }, call).toEqual({ [error.code]: refusals[error.code] });
      expect(headers.get('x-request-id'), call).toBe(error.requestId);
      if (status === 429) {
        expect(error.retryAfterMs, `${call}: when to try again`).toBeGreaterThan(0);
        const seconds = Math.ceil((error.retryAfterMs ?? 0) / 1000);
        expect(headers.get('retry-after'), call).toBe(String(seconds));
      }
      note(error.code, error);
      return { status, ...error };
    },
  };
};

const expectNoNull: AppKind['expectBody'] = (sent, _, call) => {
  expect(JSON.stringify(sent), call).not.toContain(':null');
};
const expectAllFields: AppKind['expectBody'] = (sent, asked, call) => {
  expect(Object.keys(sent), call).toEqual(expect.arrayContaining([...asked]));
};

const json = 'application/json';

/** The customer app. It leaves out what it has not. */
export const customerApp = appOf({
  name: 'customer',
  headers: (method): Headers => (method === 'GET' ? {} : { 'content-type': json }),
  tokenless: /auth\/send-otp|auth\/verify-otp|vehicles\/types|vehicles\/pricing|health/,
  expectBody: expectNoNull,
});

/** The Captain app. It sends the same headers with every request, and null for what it has not. */
export const captainApp = appOf({
  name: 'captain',
  headers: (method) => ({
    'content-type': json,
    accept: json,
    'x-device-id': '9774d56d682e549c',
    'x-no-compression': 'true',
    ...(method === 'GET' && { 'cache-control': 'max-age=300' }),
  }),
  tokenless: /auth\/(send|verify)-otp|auth\/refresh|vehicles\/types|pricing\/estimate/,
  expectBody: expectAllFields,
});
