import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Functions } from '../../lambda/functions.ts';
import { fieldsOf } from '../../protocol/json-request.ts';
import type {
  PlayedRequest,
  PlayedResponse,
  PlayedService,
} from '../../protocol/played-service.ts';
import { errorIn } from '../../protocol/wire-errors.ts';

/** A queue whose messages are brought to a function. */
export interface PlayedMapping {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly isEnabled: boolean;
}

export interface MappingSwitches {
  list(): readonly PlayedMapping[];
  /** False: there is no such mapping. */
  turn(uuid: string, on: boolean): boolean;
}

interface Settings {
  readonly functions: Functions;
  readonly mappings: () => MappingSwitches | undefined;
}

type Answer = (id: string, request: PlayedRequest, settings: Settings) => Promise<PlayedResponse>;

const Reserved = z.object({ ReservedConcurrentExecutions: z.number().int().min(0) });
const Switched = z.object({ Enabled: z.boolean() });

const CONCURRENCY = /^\/\d{4}-\d\d-\d\d\/functions\/([^/]+)\/concurrency$/;
const ACCOUNT = /^\/2016-08-19\/account-settings\/?$/;
const MAPPINGS = /^\/2015-03-31\/event-source-mappings\/?$/;
const MAPPING = /^\/2015-03-31\/event-source-mappings\/([^/]+)\/?$/;

const ofFunction =
  (answer: (name: string, request: PlayedRequest, functions: Functions) => object): Answer =>
  async (name, request, { functions }) =>
    functions.find(name) ? reply(answer(name, request, functions)) : notFound(name);

/** By method and path, under the names that IAM has for them. */
const operations: readonly (readonly [method: string, path: RegExp, name: string, Answer])[] = [
  [
    'PUT',
    CONCURRENCY,
    'PutFunctionConcurrency',
    ofFunction((name, request, functions) => {
      const reserved = Reserved.parse(fieldsOf(request));
      functions.reserve(name, reserved.ReservedConcurrentExecutions);
      return reserved;
    }),
  ],
  [
    'GET',
    CONCURRENCY,
    'GetFunctionConcurrency',
    ofFunction((name, _, functions) => ({
      ReservedConcurrentExecutions: functions.reservationOf(name),
    })),
  ],
  [
    'DELETE',
    CONCURRENCY,
    'DeleteFunctionConcurrency',
    ofFunction((name, _, functions) => {
      functions.reserve(name, undefined);
      return {};
    }),
  ],
  ['GET', ACCOUNT, 'GetAccountSettings', accountSettings],
  ['GET', MAPPINGS, 'ListEventSourceMappings', listMappings],
  ['PUT', MAPPING, 'UpdateEventSourceMapping', switchMapping],
];

/** What operators look at and change of functions: what is reserved for them, and whether their queues are worked off. */
export function playLambdaSettings(settings: Settings): PlayedService {
  return {
    signingName: 'lambda',
    wireFormat: 'rest-json',
    actionOf: (request) => {
      const name = operationOf(request)?.[2];
      return name === undefined ? undefined : `lambda:${name}`;
    },
    handle: async (request) => {
      const [, path, , answer] = operationOf(request) ?? [];
      const id = decodeURIComponent(path?.exec(request.path)?.[1] ?? '');
      return answer ? answer(id, request, settings) : notFound(request.path);
    },
  };
}

function operationOf({ method, path }: PlayedRequest) {
  return operations.find(([wanted, pattern]) => wanted === method && pattern.test(path));
}

/** What AWS gives an account that has asked for nothing. A laptop has less: see the README. */
const QUOTA = 1000;

async function accountSettings(
  _: string,
  __: PlayedRequest,
  { functions }: Settings,
): Promise<PlayedResponse> {
  const reserved = functions
    .settings()
    .reduce((sum, { name }) => sum + (functions.reservationOf(name) ?? 0), 0);
  const UnreservedConcurrentExecutions = QUOTA - reserved;
  return reply({ AccountLimit: { ConcurrentExecutions: QUOTA, UnreservedConcurrentExecutions } });
}

async function listMappings(
  _: string,
  { query }: PlayedRequest,
  { mappings }: Settings,
): Promise<PlayedResponse> {
  const wanted = query.get('FunctionName');
  // A mapping for an alias is one of the alias, not of the function.
  const isWanted = ({ functionName }: PlayedMapping) =>
    wanted === null || withoutArn(functionName) === withoutArn(wanted);
  const found = (mappings()?.list() ?? []).filter(isWanted);
  return reply({ EventSourceMappings: found.map(described) });
}

async function switchMapping(
  uuid: string,
  request: PlayedRequest,
  { mappings }: Settings,
): Promise<PlayedResponse> {
  const { Enabled } = Switched.parse(fieldsOf(request));
  if (!mappings()?.turn(uuid, Enabled)) return notFound(uuid);
  const mapping = mappings()
    ?.list()
    .find((each) => each.uuid === uuid);
  return reply(mapping ? described(mapping) : {}, 202);
}

function described({ uuid, queueArn, functionName, isEnabled }: PlayedMapping) {
  const State = isEnabled ? 'Enabled' : 'Disabled';
  return { UUID: uuid, EventSourceArn: queueArn, FunctionArn: functionName, State };
}

/** `name`, `name:alias`, or the ARN of either, as `name` or `name:alias`. */
function withoutArn(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:aws:lambda:[^:]*:[^:]*:function:/, '');
}

function reply(body: object, status = 200): PlayedResponse {
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: JSON.stringify(body) };
}

function notFound(what: string): PlayedResponse {
  const message = `The resource you requested does not exist: ${what}`;
  return errorIn('rest-json', { status: 404, code: 'ResourceNotFoundException', message });
}
