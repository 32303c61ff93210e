import { join } from 'node:path';
import { type Cloud, startCloud, wentTo } from 'local-cloud';
import { plantSeed } from '../local/start/seed.ts';
import { synthesizedApp } from '../local/start/synthesized.ts';
import { weeloSettings } from '../local/start/weelo-settings.ts';
import type { FunctionName } from '../src/contract/functions.ts';
import { letInOn } from '../test/support/cloud-connection.ts';
import { smsAskedForBy } from '../test/support/cloud-sms.ts';
import { tokenSignedBy, type SeededRole } from '../test/support/cloud-token.ts';
import type { Process } from './cold-start/first-call.ts';

export interface WeeloCloud {
  readonly origin: string;
  /** A function's bundle and the variables of its environments. */
  readonly processOf: (name: FunctionName) => Process;
  /** Of somebody who is seeded, by default a customer; signed by this cloud's own key. */
  readonly accessToken: (role?: SeededRole) => Promise<string>;
  /** A new message for notify, sealed with this cloud's own key. */
  readonly smsMessage: () => Promise<object>;
  /** Notes somebody at the other end of a connection. */
  readonly letInOn: (connectionId: string, userId?: string, openedAt?: number) => Promise<void>;
  /** The newest SMS to a phone. */
  readonly smsTo: (phone: string) => string | undefined;
  /** What was pushed to a device, the newest first. */
  readonly pushesTo: (device: string) => readonly Readonly<Record<string, unknown>>[];
  /** Every line that a function has logged. */
  readonly logOf: (name: FunctionName) => readonly string[];
  /** Runs a schedule now; it is called by the end of its construct's path. */
  readonly fire: Cloud['fire'];
  readonly connectionIds: () => readonly string[];
  readonly invocationsOf: (name: FunctionName) => number;
  readonly stop: () => Promise<void>;
}

/** Weelo's template on this machine, with its engines, for as long as a benchmark runs. */
export async function startWeeloCloud(say: (progress: string) => void): Promise<WeeloCloud> {
  const assembly = await synthesizedApp('local', say);
  say('starting the engines');
  const nameOf = (name: FunctionName) => `weelo-local-${name}`;
  const logs: { readonly functionName: string; readonly line: string }[] = [];
  const cloud = await startCloud({
    assembly,
    ...weeloSettings,
    onLog: (line) => logs.push(line),
  });
  await plantSeed(cloud);
  return {
    origin: cloud.origin,
    processOf: (name) => {
      const { settings, variables } = cloud.processOf(nameOf(name));
      const [path = '', exported = ''] = settings.handler.split('.');
      return { file: join(settings.taskRoot, `${path}.js`), exported, variables };
    },
    accessToken: (role) => tokenSignedBy(cloud.processOf(nameOf('auth')).variables, role),
    smsMessage: () => smsAskedForBy(cloud.processOf(nameOf('auth')).variables),
    letInOn: (connectionId, ...whose) =>
      letInOn(connectionId, cloud.processOf(nameOf('socket-connect')).variables, ...whose),
    smsTo: (phone) =>
      cloud.outside.messages.newestFirst((message) => wentTo(message, phone), 1)[0]?.body,
    pushesTo: (device) =>
      cloud.outside.messages.newestFirst(({ to }) => to === device, 100).map(({ data }) => data),
    logOf: (name) =>
      logs.filter(({ functionName }) => functionName === nameOf(name)).map(({ line }) => line),
    fire: (schedule) => cloud.fire(schedule),
    connectionIds: () => (cloud.connections?.all() ?? []).map((each) => each.facts.connectionId),
    invocationsOf: (name) =>
      cloud.functions().find((each) => each.name === nameOf(name))?.invocations ?? 0,
    stop: cloud.stop,
  };
}
