import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import type { Setup } from '../messages.ts';

type Network = Setup['network'];

/**
 * The environment's only network: this machine. A call over TLS to a host of AWS arrives, in clear, at
 * the local endpoint; everything else that is not on this machine is refused with the reason, and so is
 * a store in the VPC for a function outside it.
 */
export function guardNetwork(functionName: string, network: Network): void {
  const { prototype } = net.Socket;
  Object.assign(prototype, {
    connect: new Proxy(memberOf(prototype, 'connect'), {
      apply(connect, socket: net.Socket, args: unknown[]): unknown {
        const target = targetOf(args);
        const reason = target && reasonAgainst(functionName, network, target);
        if (reason === undefined) return Reflect.apply(connect, socket, args);
        // Not at once: whoever connects has more to do to the socket before it listens for errors.
        const error = Object.assign(new Error(reason), { code: 'UNREACHABLE' });
        process.nextTick(() => socket.destroy(error));
        return socket;
      },
    }),
  });
  Object.assign(tls, {
    connect: new Proxy(memberOf(tls, 'connect'), {
      apply(connect, self, args: unknown[]): unknown {
        const host = targetOf(args)?.host;
        if (!host?.endsWith('.amazonaws.com')) return Reflect.apply(connect, self, args);
        return detourTo(network.endpointPort);
      },
    }),
  });
  syncBuiltinESMExports();
}

type Method = (...args: unknown[]) => unknown;

function memberOf(owner: object, name: string): Method {
  const member: unknown = Reflect.get(owner, name);
  if (isMethod(member)) return member;
  throw new Error(`Node.js has no ${name} to guard.`);
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function detourTo(port: number): net.Socket {
  const socket = net.connect(port, '127.0.0.1');
  socket.once('connect', () => socket.emit('secureConnect'));
  return Object.assign(socket, { encrypted: true, authorized: true });
}

interface Target {
  readonly host: string;
  readonly port: number;
}

/** Where a call of `connect` in any of its forms goes; undefined for what is no TCP. */
function targetOf(args: readonly unknown[]): Target | undefined {
  // What Node.js calls itself has its arguments in a list of their own.
  const [first, second]: readonly unknown[] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object' && first !== null) {
    const options: Record<string, unknown> = Object.fromEntries(Object.entries(first));
    if (typeof options['path'] === 'string' && options['port'] === undefined) return undefined;
    return { host: textOf(options['host'], 'localhost'), port: Number(options['port']) };
  }
  if (Number.isNaN(Number(first))) return undefined;
  return { host: textOf(second, 'localhost'), port: Number(first) };
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function reasonAgainst(
  functionName: string,
  { insideVpc, hasWayOut, vpcPorts }: Network,
  { host, port }: Target,
): string | undefined {
  if (isThisMachine(host)) {
    if (insideVpc || !vpcPorts.includes(port)) return undefined;
    return `${functionName} is outside the VPC and cannot reach what stands in it (port ${port}): give it VpcConfig, or let a function inside do it.`;
  }
  if (insideVpc && !hasWayOut) {
    return `${functionName} is in the VPC, which has no way to the internet, and cannot reach ${host}: move the function out of the VPC, or let one outside it make the call.`;
  }
  return `${functionName} calls ${host}, which nothing on this machine plays: take its base URL from an environment variable.`;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
