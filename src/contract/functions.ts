import * as z from 'zod';
import {
  resources,
  variables,
  type Environment,
  type Resource,
  type Variable,
} from './environment.ts';

/**
 * Every Lambda function: what calls it, on which side of the VPC it runs, and what it may use. Its
 * environment variables, grants and network in the deployment follow from this table, and so do the
 * variables that its code can read.
 */
export const functions = {
  system: {
    purpose: 'Health, the public keys, and the answer to unknown paths',
    trigger: 'http',
    network: 'vpc',
    timeoutSeconds: 10,
    uses: ['postgres', 'redis', 'state-table', 'dispatch-queue', 'public-keys', 'edge-secret'],
  },
  auth: {
    purpose: 'Login, sessions, profiles and device tokens',
    trigger: 'http',
    network: 'vpc',
    timeoutSeconds: 10,
    uses: [
      'postgres',
      'redis',
      'state-table',
      'notify-queue',
      'signing-keys',
      'public-keys',
      'code-key',
      'code-budget',
      'edge-secret',
    ],
  },
  orders: {
    purpose: 'Orders, offers, holds and assignments, and the stateless search',
    trigger: 'http',
    network: 'vpc',
    timeoutSeconds: 10,
    uses: [
      'postgres',
      'redis',
      'idempotency-table',
      'state-table',
      'dispatch-queue',
      'notify-queue',
      'public-keys',
      'trip-code-key',
      'edge-secret',
    ],
  },
  fleet: {
    purpose: "Vehicles, drivers, and the transporters' presence",
    trigger: 'http',
    network: 'vpc',
    timeoutSeconds: 10,
    uses: [
      'postgres',
      'redis',
      'state-table',
      'dispatch-queue',
      'notify-queue',
      'public-keys',
      'code-key',
      'code-budget',
      'edge-secret',
    ],
  },
  trips: {
    purpose: "Trips, positions, ratings, and the drivers' screens",
    trigger: 'http',
    network: 'vpc',
    timeoutSeconds: 10,
    uses: [
      'postgres',
      'redis',
      'state-table',
      'dispatch-queue',
      'notify-queue',
      'public-keys',
      'trip-code-key',
      'edge-secret',
    ],
  },
  places: {
    purpose: 'Geocoding, routes, and the vehicle catalogue',
    trigger: 'http',
    network: 'internet',
    timeoutSeconds: 10,
    uses: ['state-table', 'public-keys', 'location', 'edge-secret'],
  },
  'socket-connect': {
    purpose: 'Lets a socket in, or refuses it',
    trigger: 'socket',
    network: 'internet',
    timeoutSeconds: 10,
    uses: [
      'connections-table',
      'state-table',
      'notify-queue',
      'connections-api',
      'public-keys',
      'edge-secret',
    ],
  },
  'socket-disconnect': {
    purpose: 'Forgets a socket that has gone',
    trigger: 'socket',
    network: 'internet',
    timeoutSeconds: 10,
    uses: ['connections-table'],
  },
  'socket-message': {
    purpose: 'Answers what clients say on a socket',
    trigger: 'socket',
    network: 'vpc',
    timeoutSeconds: 10,
    uses: [
      'postgres',
      'redis',
      'connections-table',
      'state-table',
      'dispatch-queue',
      'notify-queue',
      'public-keys',
    ],
  },
  'socket-poll': {
    purpose: 'Carries what is said on a socket over HTTP, until the client has opened one',
    trigger: 'http',
    network: 'vpc',
    // A GET waits for ten seconds.
    timeoutSeconds: 15,
    uses: [
      'postgres',
      'redis',
      'connections-table',
      'state-table',
      'dispatch-queue',
      'notify-queue',
      'public-keys',
      'edge-secret',
    ],
  },
  dispatch: {
    purpose: 'Search waves, deadlines, and the results of deliveries',
    trigger: 'queue',
    network: 'vpc',
    timeoutSeconds: 5,
    uses: [
      'postgres',
      'redis',
      'connections-table',
      'state-table',
      'dispatch-queue',
      'notify-queue',
    ],
  },
  notify: {
    purpose: 'Delivers events over sockets, push and SMS, and publishes domain events',
    trigger: 'queue',
    network: 'internet',
    timeoutSeconds: 5,
    uses: [
      'connections-table',
      'state-table',
      'dispatch-queue',
      'notify-queue',
      'connections-api',
      'event-bus',
      'code-key',
      'trip-code-key',
      'sms',
      'test-code-keeping',
      'push',
    ],
  },
  reconcile: {
    purpose: 'Every two minutes, repairs what a lost timer or message left behind',
    trigger: 'schedule',
    network: 'vpc',
    timeoutSeconds: 60,
    uses: ['postgres', 'redis', 'state-table', 'dispatch-queue', 'notify-queue'],
  },
  canary: {
    purpose:
      'Every five minutes, walks from login to a cancelled order, as a customer of the public API',
    trigger: 'schedule',
    network: 'internet',
    timeoutSeconds: 60,
    uses: ['test-code-taking', 'public-api'],
  },
  migrate: {
    purpose: 'Brings the database to the shape that this release needs, before it goes live',
    trigger: 'deployment',
    network: 'vpc',
    timeoutSeconds: 600,
    uses: ['postgres-admin'],
  },
  keys: {
    purpose: 'Makes the first keys, once: those that sign tokens, and the one that hides codes',
    trigger: 'deployment',
    network: 'internet',
    timeoutSeconds: 30,
    uses: ['key-minting'],
  },
  operate: {
    purpose: "Runs operators' commands, invoked through IAM alone",
    trigger: 'command',
    network: 'vpc',
    timeoutSeconds: 60,
    uses: [
      'postgres',
      'redis',
      'state-table',
      'dispatch-queue',
      'notify-queue',
      'dead-letters',
      'key-rotation',
      'push',
    ],
  },
} as const satisfies Record<string, FunctionDeclaration>;

export interface FunctionDeclaration {
  readonly purpose: string;
  readonly trigger: 'http' | 'socket' | 'queue' | 'schedule' | 'deployment' | 'command';
  /** `vpc`: isolated subnets, reaches the stores and queues. `internet`: outside, reaches the rest. */
  readonly network: 'vpc' | 'internet';
  readonly timeoutSeconds: number;
  readonly uses: readonly Resource[];
}

export type FunctionName = keyof typeof functions;

type Triggered<T extends FunctionDeclaration['trigger']> = {
  [N in FunctionName]: (typeof functions)[N]['trigger'] extends T ? N : never;
}[FunctionName];

export type HttpFunctionName = Triggered<'http'>;
export type QueueFunctionName = Triggered<'queue'>;

/** How long a message is hidden from other workers after one received it: six time-outs, as AWS advises. */
export function redeliveredAfterSeconds(worker: QueueFunctionName): number {
  return 6 * functions[worker].timeoutSeconds;
}

/**
 * How long one worker has the claim on an event. A message is received, then claimed. The claim lasts until after the
 * function must have ended, and is over before the message is delivered again.
 *
 *     received ─ claimed ────── function ends ────── claim ends ────────────── delivered again
 *     0 s        0 to 5 s       5 s                  10 to 15 s                30 s
 */
export function claimSeconds(worker: QueueFunctionName): number {
  return 2 * functions[worker].timeoutSeconds;
}

export const functionNames = Object.keys(functions).filter(isFunctionName);

function isFunctionName(name: string): name is FunctionName {
  return name in functions;
}

type VariableOf<N extends FunctionName> =
  | 'WEELO_STAGE'
  | (typeof resources)[(typeof functions)[N]['uses'][number]]['variables'][number];

/** The variables of one function, parsed. */
export type EnvironmentOf<N extends FunctionName> = Environment<VariableOf<N>>;

export function variablesOf(name: FunctionName): readonly Variable[] {
  const used = functions[name].uses.flatMap((resource) => [...resources[resource].variables]);
  return [...new Set<Variable>(['WEELO_STAGE', ...used])];
}

/** Reads a function's variables. If some are missing or wrong, the error names all of them. */
export function readEnvironment<N extends FunctionName>(
  name: N,
  from: Readonly<Record<string, string | undefined>>,
): EnvironmentOf<N> {
  const shape = Object.fromEntries(variablesOf(name).map((v) => [v, variables[v].schema]));
  const parsed = z.object(shape).safeParse(from);
  if (parsed.success && isComplete(name, parsed.data)) return parsed.data;
  const wrong = (parsed.error?.issues ?? []).map((issue) => issue.path.join('.')).join(', ');
  throw new Error(`The function ${name} needs these environment variables set right: ${wrong}`);
}

function isComplete<N extends FunctionName>(name: N, values: object): values is EnvironmentOf<N> {
  return variablesOf(name).every((variable) => variable in values);
}
