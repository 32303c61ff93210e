import * as z from 'zod';
import type { Caller, Role } from './wire.ts';

/** What a client may say on a socket, and what it is answered: declared like a route of the HTTP API. */
export interface SocketAction {
  readonly action: string;
  readonly summary: string;
  /** Who may say it. `signed-in` is every role. */
  readonly audience: 'signed-in' | readonly Role[];
  readonly data?: z.ZodObject;
  readonly answer: SocketAnswer;
  /** Per user, beside the limit on all calls of a user. */
  readonly rateLimit: { readonly limit: number; readonly windowSeconds: number };
}

/** What the server answers to an action. */
export interface SocketAnswer {
  readonly event: string;
  readonly summary: string;
  readonly data?: z.ZodObject;
}

function socketAction<const A extends SocketAction>(declaration: A): A {
  return declaration;
}

function socketAnswer<const E extends SocketAnswer>(declaration: E): E {
  return declaration;
}

const pong = socketAnswer({ event: 'pong', summary: 'The connection is alive' });

export const socketError = socketAnswer({
  event: 'error',
  summary:
    'What was said could not be done; the connection lives on unless the code says otherwise',
  data: z.object({
    code: z.string().meta({ description: 'One of the codes in the table of errors' }),
    message: z.string().meta({ description: 'A sentence for a person' }),
    details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    retryAfterMs: z.int().nonnegative().optional(),
    data: z.record(z.string(), z.unknown()).optional(),
    requestId: z.string().meta({ description: 'The id of the message in our log' }),
  }),
});

const ping = socketAction({
  action: 'ping',
  summary: 'Keeps the connection alive: send one every 4 to 5 minutes',
  audience: 'signed-in',
  answer: pong,
  // The shipped apps ping every 35 seconds, on each of up to five devices.
  rateLimit: { limit: 60, windowSeconds: 60 },
});

/** Every action of the socket protocol. */
export const socketActions = [ping] as const;

/** The answers to actions. Events that users are told about are in `events/`. */
export const socketAnswers: readonly SocketAnswer[] = [pong, socketError];

/** The frame around every message from a client; unknown fields are ignored. */
export const SocketRequest = z.object({
  action: z.string(),
  ref: z.string().min(1).max(64).nullish(),
  data: z.record(z.string(), z.unknown()).nullish(),
});

type Parsed<S> = S extends z.ZodType ? z.output<S> : Readonly<Record<string, never>>;
type AnswerData<A extends SocketAction> = A['answer'] extends {
  readonly data: infer S extends z.ZodType;
}
  ? z.input<S>
  : undefined;

/** One implementation per action, by its name: leaving one out does not compile. */
export type SocketImplementations<A extends SocketAction> = {
  readonly [Each in A as Each['action']]: (message: {
    readonly data: Parsed<Each['data']>;
    readonly caller: Caller;
    readonly connectionId: string;
  }) => Promise<AnswerData<Each>>;
};

/** The protocol's name where a client offers subprotocols; the server answers with it. */
export const subprotocol = 'weelo.v1';
