import { join } from 'node:path';
import {
  type Cloud,
  type CloudOptions,
  type PublishedEvent,
  startCloud,
  wentTo,
} from 'local-cloud';
import { plantSeed } from '../local/start/seed.ts';
import { synthesizedApp } from '../local/start/synthesized.ts';
import { weeloSettings } from '../local/start/weelo-settings.ts';
import type { FunctionName } from '../src/contract/functions.ts';
import { letInOn } from '../test/support/cloud-connection.ts';
import { smsAskedForBy } from '../test/support/cloud-sms.ts';
import { signerOf, type TokenOwner } from '../test/support/cloud-token.ts';
import type { Process } from './cold-start/first-call.ts';

export interface WeeloCloud {
  readonly origin: string;
  readonly engines: Cloud['engines'];
  /** A function's bundle and the variables of its environments. */
  readonly processOf: (name: FunctionName) => Process;
  /** Signed by this cloud's own key. Default: for the customer who is seeded. */
  readonly accessToken: (owner?: TokenOwner) => Promise<string>;
  /** A new message for notify, sealed with this cloud's own key. */
  readonly smsMessage: () => Promise<object>;
  /** Notes somebody at the other end of a connection. */
  readonly letInOn: (connectionId: string, userId?: string, openedAt?: number) => Promise<void>;
  /** The newest SMS to a phone. */
  readonly smsTo: (phone: string) => string | undefined;
  /** What was pushed to a device, the newest first. */
  readonly pushesTo: (device: string) => readonly Readonly<Record<string, unknown>>[];
  /** What was put on the event bus, the newest first. */
  readonly published: () => readonly PublishedEvent[];
  /** Every line that a function has logged. */
  readonly logOf: (name: FunctionName) => readonly string[];
  /** Calls a function as whoever may. */
  readonly invoke: (name: FunctionName, event: object) => ReturnType<Cloud['invoke']>;
  /** Where calls of AWS clients go. */
  readonly awsEndpoint: string;
  /** Runs a schedule now; it is called by the end of its construct's path. */
  readonly fire: Cloud['fire'];
  readonly connectionIds: () => readonly string[];
  /** Closes a socket, as API Gateway does after two hours. */
  readonly cut: (connectionId: string) => void;
  /** Posts past all functions. False if the client does not read. */
  readonly postTo: (connectionId: string, text: string) => boolean;
  readonly invocationsOf: (name: FunctionName) => number;
  /** Milliseconds of its last thousand invocations on average, cold starts left out. */
  readonly millisecondsOf: (name: FunctionName) => number;
  /** How many of them did not end well. */
  readonly errorsOf: (name: FunctionName) => number;
  /** What is to go wrong with the services of AWS and with FCM. */
  readonly faults: Cloud['outside']['faults'];
  /** Ends the environments of a function as they are, also in the middle of an event. */
  readonly kill: (name: FunctionName) => void;
  readonly stop: () => Promise<void>;
}

/** Weelo's template on this machine, with its engines, for as long as a benchmark runs. */
export async function startWeeloCloud(
  say: (progress: string) => void,
  options: Pick<CloudOptions, 'variables'> = {},
): Promise<WeeloCloud> {
  const assembly = await synthesizedApp('local', say);
  say('starting the engines');
  const nameOf = (name: FunctionName) => `weelo-local-${name}`;
  const logs: { readonly functionName: string; readonly line: string }[] = [];
  const cloud = await startCloud({
    assembly,
    ...weeloSettings,
    ...options,
    onLog: (line) => logs.push(line),
  });
  await plantSeed(cloud);
  const sign = await signerOf(cloud.processOf(nameOf('auth')).variables);
  const reportOf = (name: FunctionName) =>
    cloud.functions().find((each) => each.name === nameOf(name));
  return {
    origin: cloud.origin,
    engines: cloud.engines,
    processOf: (name) => {
      const { settings, variables } = cloud.processOf(nameOf(name));
      const [path = '', exported = ''] = settings.handler.split('.');
      return { file: join(settings.taskRoot, `${path}.js`), exported, variables };
    },
    accessToken: (owner = {}) => sign(owner),
    smsMessage: () => smsAskedForBy(cloud.processOf(nameOf('auth')).variables),
    letInOn: (connectionId, ...whose) =>
      letInOn(connectionId, cloud.processOf(nameOf('socket-connect')).variables, ...whose),
    ...sentBy(cloud),
    logOf: (name) =>
      logs.filter(({ functionName }) => functionName === nameOf(name)).map(({ line }) => line),
    invoke: (name, event) => cloud.invoke(nameOf(name), event),
    awsEndpoint: cloud.awsEndpoint,
    fire: (schedule) => cloud.fire(schedule),
    ...socketsOf(cloud),
    invocationsOf: (name) => reportOf(name)?.invocations ?? 0,
    millisecondsOf: (name) => reportOf(name)?.durations.mean ?? 0,
    errorsOf: (name) => reportOf(name)?.errors ?? 0,
    faults: cloud.outside.faults,
    kill: (name) => cloud.kill(nameOf(name)),
    stop: cloud.stop,
  };
}

function sentBy(cloud: Cloud): Pick<WeeloCloud, 'smsTo' | 'pushesTo' | 'published'> {
  return {
    smsTo: (phone) =>
      cloud.outside.messages.newestFirst((message) => wentTo(message, phone), 1)[0]?.body,
    pushesTo: (device) =>
      cloud.outside.messages.newestFirst(({ to }) => to === device, 100).map(({ data }) => data),
    published: () => cloud.outside.events.newestFirst(() => true, 1000),
  };
}

function socketsOf(cloud: Cloud): Pick<WeeloCloud, 'connectionIds' | 'cut' | 'postTo'> {
  return {
    connectionIds: () => (cloud.connections?.all() ?? []).map((each) => each.facts.connectionId),
    cut: (id) => void cloud.connections?.delete(id),
    postTo: (id, text) => cloud.connections?.post(id, text).ok ?? false,
  };
}
