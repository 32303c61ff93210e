import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from '../engines/http-engine.ts';
import type { FunctionSettings } from '../lambda/function-settings.ts';
import { wholeBody } from '../protocol/exchange.ts';
import { targetOf } from '../protocol/json-request.ts';
import type { NetworkRules } from '../access/network-rules.ts';
import type {
  Account,
  FaultError,
  Faults,
  PlayedHost,
  PlayedRequest,
  PlayedResponse,
  PlayedService,
} from '../protocol/played-service.ts';
import type { Policies } from '../access/policies.ts';
import { errorIn, errorOf } from '../protocol/wire-errors.ts';

/** What the endpoint decides by; known once the template is read. */
export interface EndpointRules {
  readonly account: Account;
  readonly callerWithKey: (accessKeyId: string) => FunctionSettings | undefined;
  readonly callerNamed: (functionName: string) => FunctionSettings | undefined;
  readonly policies: Policies;
  readonly network: NetworkRules;
  readonly services: readonly PlayedService[];
  readonly hosts: readonly PlayedHost[];
  /** Hosts that take calls without a signature, such as CloudFormation's response URLs. */
  readonly openHosts: Readonly<
    Record<string, (request: PlayedRequest) => PlayedResponse | Promise<PlayedResponse>>
  >;
  readonly faults: Faults;
  /** Hears of each call that was refused, in a sentence. */
  readonly onRefusal: (sentence: string) => void;
}

/** Where every call of an AWS client arrives, on 127.0.0.1. */
export interface AwsEndpoint {
  readonly origin: string;
  /** Until then every call is refused. */
  readonly open: (rules: EndpointRules) => void;
  readonly stop: () => Promise<void>;
}

/** Who signs with this access key is the machine's owner, and may call every service. Any secret will do. */
const OPERATOR = 'operator';

const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  let rules: EndpointRules | undefined;
  const server = createServer((request, response) => {
    void answer(request, response, rules);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: addressOf(server),
    open: (opened) => (rules = opened),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  rules: EndpointRules | undefined,
): Promise<void> {
  const { status, headers, body } = await replyTo(message, rules).catch((error: unknown) => {
    const sentence = error instanceof Error ? error.message : String(error);
    rules?.onRefusal(sentence);
    return errorIn('json-1.1', { status: 500, code: 'InternalFailure', message: sentence });
  });
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body ?? '') });
  response.end(body);
}

async function replyTo(
  message: IncomingMessage,
  rules: EndpointRules | undefined,
): Promise<PlayedResponse> {
  if (!rules) throw new Error('The local cloud is still starting.');
  const request = await read(message);
  const open = rules.openHosts[request.headers['host'] ?? ''];
  if (open) return open(request);
  const outside = /^\/outside\/([^/]+)\/([^/]+)(\/.*)?$/.exec(request.path);
  if (outside) {
    const [, caller = '', host = '', path = '/'] = outside;
    return visitHost({ ...request, caller: decodeURIComponent(caller), path }, host, rules);
  }
  return callService(request, rules);
}

async function callService(request: PlayedRequest, rules: EndpointRules): Promise<PlayedResponse> {
  const [, key = '', , signingName = ''] =
    CREDENTIAL.exec(request.headers['authorization'] ?? '') ?? [];
  const played = rules.services.filter((each) => each.signingName === signingName);
  // Several may share a name: EventBridge's rules and its bus are played apart.
  const service = played.find((each) => each.actionOf(request) !== undefined) ?? played[0];
  const format = service?.wireFormat ?? 'json-1.0';
  const refuse = (error: FaultError) => {
    rules.onRefusal(error.message);
    return errorIn(format, error);
  };
  const caller = rules.callerWithKey(key);
  if (!caller && key !== OPERATOR) return refuse(unknownKey);
  const mine = { ...request, caller: caller?.name ?? OPERATOR };
  const unreachable = caller && rules.network.refusalOf(caller, signingName);
  if (unreachable !== undefined) return refuse(refused('UnreachableFromVpc', unreachable));
  if (!service)
    return refuse(refused('UnknownService', `Nothing on this machine plays ${signingName}.`));
  const action = service.actionOf(mine);
  if (action === undefined) {
    const operation = targetOf(mine) ?? `${mine.method} ${mine.path}`;
    const sentence = `What plays ${signingName} on this machine does not have ${operation}: do without it, or test it in the cloud.`;
    return refuse(refused('UnknownOperationException', sentence));
  }
  const resources = service.resourcesOf?.(mine, rules.account) ?? ['*'];
  const denied = caller && denialOf(caller, action, resources, rules);
  if (denied !== undefined) return refuse(refused('AccessDeniedException', denied));
  const fault = { service: signingName, action: action.split(':')[1], caller: mine.caller };
  const error = await suffer(fault, rules.faults);
  return error ? errorIn(format, error) : service.handle(mine);
}

async function visitHost(
  request: PlayedRequest,
  name: string,
  rules: EndpointRules,
): Promise<PlayedResponse> {
  const host = rules.hosts.find((each) => each.host === name) ?? unplayedHost(name);
  const caller = rules.callerNamed(request.caller);
  const reason = caller
    ? rules.network.refusalOfHost(caller, name)
    : `There is no function ${request.caller} to call ${name}.`;
  if (reason !== undefined) {
    rules.onRefusal(reason);
    return errorOf(host, refused('UNREACHABLE', reason));
  }
  const fault = { service: name, action: host.actionOf?.(request), caller: request.caller };
  const error = await suffer(fault, rules.faults);
  return error ? errorOf(host, error) : host.handle(request);
}

/** AWS' own sentence, for the first resource that the role may not touch. */
function denialOf(
  caller: FunctionSettings,
  action: string,
  resources: readonly string[],
  { policies, account }: EndpointRules,
): string | undefined {
  for (const resource of resources) {
    const refusal = policies.refusalOf({ roleArn: caller.roleArn, action, resource });
    if (!refusal) continue;
    const role = caller.roleArn.split('/').at(-1);
    const user = `arn:aws:sts::${account.accountId}:assumed-role/${role}/${caller.name}`;
    return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${refusal.because}`;
  }
  return undefined;
}

async function suffer(
  call: Parameters<Faults['before']>[0],
  faults: Faults,
): Promise<FaultError | undefined> {
  const fault = await faults.before(call);
  if (fault?.delayMs !== undefined) await sleep(fault.delayMs, undefined, { ref: false });
  return fault?.error;
}

async function read(message: IncomingMessage): Promise<PlayedRequest> {
  const url = message.url ?? '/';
  const [path = '/'] = url.split('?');
  const headers = Object.entries(message.headersDistinct).map(
    ([name, values]) => [name, (values ?? []).join(', ')] as const,
  );
  return {
    caller: '',
    method: message.method ?? 'GET',
    path,
    query: new URLSearchParams(url.slice(path.length + 1)),
    headers: Object.fromEntries(headers),
    body: await wholeBody(message),
  };
}

function unplayedHost(host: string): PlayedHost {
  const message = `Nothing on this machine plays ${host}.`;
  return {
    host,
    handle: async () => errorOf(unplayedHost(host), refused('UNPLAYED', message)),
  };
}

const unknownKey: FaultError = {
  status: 403,
  code: 'UnrecognizedClientException',
  message: 'The security token included in the request is invalid.',
};

/** With a status that clients do not try again after. */
function refused(code: string, message: string): FaultError {
  return { status: code === 'AccessDeniedException' ? 400 : 403, code, message };
}
