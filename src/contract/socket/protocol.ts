import * as z from 'zod';
import type { Caller, Role } from '../wire.ts';

/** What a client may say on a socket, and what it is answered: declared like a route of the HTTP API. */
export interface SocketAction {
  readonly action: string;
  readonly summary: string;
  /** Who may say it. `signed-in` is every role. */
  readonly audience: 'signed-in' | readonly Role[];
  readonly data?: z.ZodObject;
  readonly answer: SocketAnswer;
  /** Per user, beside the limit on all messages of a connection. */
  readonly rateLimit: RateLimit;
  /** True: it is only answered if it has a `ref`. */
  readonly isQuiet?: true;
  /** True: its implementation may answer nothing, because it lets another function answer. */
  readonly mayAnswerLater?: true;
  /** True: it may also be said when the access token has expired. */
  readonly whileExpired?: true;
}

interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** All messages of one connection together. The shipped apps send one every few seconds at most. */
export const messagesPerConnection = { limit: 120, windowSeconds: 60 } as const satisfies RateLimit;
/** A client that says so much is dropped. */
export const floodOfConnection = { limit: 600, windowSeconds: 60 } as const satisfies RateLimit;

/** What the server answers to an action. */
export interface SocketAnswer {
  readonly event: string;
  readonly summary: string;
  readonly data?: z.ZodObject;
}

export function socketAction<const A extends SocketAction>(declaration: A): A {
  return declaration;
}

export function socketAnswer<const E extends SocketAnswer>(declaration: E): E {
  return declaration;
}

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
    requestId: z.string().meta({ description: 'Under this id our log knows what happened' }),
  }),
});

/** The frame around every message from a client. Fields of `data` may also stand beside `action`. */
export const SocketRequest = z.looseObject({
  action: z.string(),
  ref: z.string().min(1).max(64).nullish(),
  data: z.record(z.string(), z.unknown()).nullish(),
});
export type SocketRequest = z.output<typeof SocketRequest>;

type Parsed<S> = S extends z.ZodType ? z.output<S> : Readonly<Record<string, never>>;
type AnswerData<A extends SocketAction> = A['answer'] extends {
  readonly data: infer S extends z.ZodType;
}
  ? z.input<S> | (A extends { readonly mayAnswerLater: true } ? undefined : never)
  : undefined;

/** One implementation per action, by its name: leaving one out does not compile. */
export type SocketImplementations<A extends SocketAction> = {
  readonly [Each in A as Each['action']]: (message: {
    readonly data: Parsed<Each['data']>;
    readonly caller: Caller;
    readonly connectionId: string;
    readonly ref: string | undefined;
  }) => Promise<AnswerData<Each>>;
};

/** How clients write what they say: as plain JSON, or as the shipped apps do. A connection keeps to one of them. */
export const framings = ['plain', 'socket-io'] as const;
export type Framing = (typeof framings)[number];

/** The protocol's name where a client offers subprotocols; the server answers with it. */
export const subprotocol = 'weelo.v1';
