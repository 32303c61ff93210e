import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startWeeloCloud, type WeeloCloud } from '../../bench/weelo-cloud.ts';
import { readPayload } from '../../src/messaging/frames/payload.ts';
import { fuzzedSteps, type Step } from '../support/fuzzed-polling.ts';
import { livingConnections, orphans } from '../support/polling-left.ts';
import { connectSocket } from '../support/socket-client.ts';
import { connectSocketIo, pollingFirst } from '../support/socket-io-client.ts';

/** Requests, and frames of sockets. `npm run test:long` sends ten thousand. */
const frames = Number(process.env['FRAMES'] ?? 300);
const clients = 8;
const seed = 20_261_130;
/** Sessions end by themselves in half a minute. */
const patience = { timeout: 90_000, interval: 500 };

let cloud: WeeloCloud;
beforeAll(async () => {
  cloud = await startWeeloCloud(() => undefined, { variables: { WEELO_RATE_LIMITS: 'off' } });
});
afterAll(() => cloud.stop());

/** How often each of these came. */
const seen = new Map<string, number>();
const note = (what: string) => void seen.set(what, (seen.get(what) ?? 0) + 1);

const queryOf = (query: readonly (readonly [name: string, value: string])[]) =>
  query.map((each) => each.map(encodeURIComponent).join('=')).join('&');
const sizeOf = (step: Step) => (step.kind === 'socket' ? 1 + step.frames.length : 1);

class Fuzzer {
  readonly wrong: unknown[] = [];
  readonly #sockets: WebSocket[] = [];
  #sid = 'none yet';
  #ended = 'none yet';

  async take(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.#take(step).catch((error) => this.wrong.push(step, error));
  }

  leave(): void {
    for (const each of this.#sockets) each.terminate();
  }

  async #take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'open':
        return this.#open();
      case 'name': {
        const token = await cloud.accessToken({ userId: randomUUID() });
        return this.#ask('POST', this.#ownQuery(), { body: `40{"token":"${token}"}` });
      }
      case 'request':
        return this.#ask(step.method, [...step.query, ...this.#asQuery(step.sid)], step);
      case 'read':
        return this.#ask('GET', this.#queryOf(step.sid), { abortedAfterMs: step.abortedAfterMs });
      case 'say':
        return this.#ask('POST', this.#queryOf(step.sid), { body: step.payload });
      case 'socket':
        return this.#onSocket(step);
      default:
        return step satisfies never;
    }
  }

  async #open(): Promise<void> {
    const response = await fetch(`${cloud.origin}/socket.io/?EIO=4&transport=polling`);
    this.#ended = this.#sid;
    this.#sid = /"sid":"([^"]+)"/.exec(await response.text())?.[1] ?? 'none';
    note('opened');
  }

  #asQuery(sid: Extract<Step, { kind: 'read' }>['sid']): [string, string][] {
    if (sid === 'none') return [];
    const text = sid === 'own' ? this.#sid : sid === 'ended' ? this.#ended : sid.text;
    return [['sid', text]];
  }
  #queryOf(sid: Extract<Step, { kind: 'read' }>['sid']): [string, string][] {
    return [['EIO', '4'], ['transport', 'polling'], ...this.#asQuery(sid)];
  }
  #ownQuery = () => this.#queryOf('own');

  async #ask(
    method: string,
    query: readonly (readonly [string, string])[],
    more: {
      readonly path?: string;
      readonly body?: string;
      readonly type?: string;
      readonly abortedAfterMs?: number;
    },
  ): Promise<void> {
    const {
      path = '/socket.io/',
      body,
      type = 'text/plain;charset=UTF-8',
      abortedAfterMs = 2000,
    } = more;
    const url = `${cloud.origin}${path}?${queryOf(query)}`;
    const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD';
    try {
      const response = await fetch(url, {
        method,
        signal: AbortSignal.timeout(abortedAfterMs),
        ...(hasBody && { body, headers: { 'content-type': type } }),
      });
      this.#check(response.status, await response.text(), { method, url, body });
    } catch (error) {
      // The client has gone, as it was told to.
      if (!(error instanceof DOMException)) throw error;
      note('aborted');
    }
  }

  #check(status: number, text: string, asked: object): void {
    note(String(status));
    if (status >= 500) this.wrong.push(status, text, asked);
    if (status !== 200 || text === 'ok' || text === '{}' || text === '') return;
    if (!readPayload(text)) this.wrong.push(text, asked);
  }

  async #onSocket({ sid, frames: texts, waits, closes }: Extract<Step, { kind: 'socket' }>) {
    const query = queryOf([['EIO', '4'], ['transport', 'websocket'], ...this.#asQuery(sid)]);
    const socket = new WebSocket(`${cloud.origin.replace('http', 'ws')}/socket.io/?${query}`);
    socket.on('error', () => undefined);
    socket.on('message', () => note('told on a socket'));
    const isOpen = await Promise.race([
      once(socket, 'open').then(() => true),
      once(socket, 'unexpected-response').then(() => false),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    note(isOpen ? 'let in a socket' : 'refused a socket');
    if (!isOpen) return;
    for (const each of texts) {
      socket.send(each);
      if (waits) await pause(30);
    }
    if (closes === 'not') this.#sockets.push(socket);
    else if (closes === 'politely') socket.close();
    else socket.terminate();
  }
}

/** Sockets that a session tries, and that are left open on purpose when it ends. */
const leftOpen: readonly Step[] = [[], ['2probe']].flatMap((frames) => [
  { kind: 'open' },
  { kind: 'socket', sid: 'own', frames, waits: true, closes: 'not' },
  { kind: 'say', sid: 'own', payload: '1' },
]);

/** Two who only want to be left alone: one on a socket, and one who began by polling. */
async function bystanders(signal: AbortSignal) {
  const token = () => cloud.accessToken({ userId: randomUUID() });
  const raw = await connectSocket(cloud.origin, await token());
  const app = await connectSocketIo(cloud.origin, await token(), pollingFirst);
  await app.onSocket();
  const pinging = (async () => {
    while (!signal.aborted) {
      const answer = await raw.say('ping');
      expect(answer.event, JSON.stringify(answer)).toBe('pong');
      await app.ping();
      await pause(100);
    }
  })();
  return { raw, app, pinging };
}

test(
  `${frames} random and mutated requests and frames crash nothing, disturb nobody, and leave no session behind`,
  { timeout: 15 * 60_000 },
  async () => {
    const done = new AbortController();
    const { raw, app, pinging } = await bystanders(done.signal);
    const before = await livingConnections(cloud);
    expect(before).toHaveLength(4);
    let left = frames;
    const all = fuzzedSteps(frames, seed).filter((step) => (left -= sizeOf(step)) > -sizeOf(step));
    const fuzzers = Array.from({ length: clients }, () => new Fuzzer());
    await Promise.all(fuzzers.map((each) => each.take(leftOpen)));
    await Promise.all(fuzzers.map((each, i) => each.take(all.filter((_, n) => n % clients === i))));
    expect(fuzzers.flatMap(({ wrong }) => wrong)).toEqual([]);
    for (const each of [
      '200',
      '400',
      '404',
      'aborted',
      'opened',
      'let in a socket',
      'refused a socket',
      'told on a socket',
    ]) {
      expect(seen.get(each), each).toBeGreaterThan(0);
    }
    // The fuzzers have left sockets open. Those of living sessions may stay; all others the server closes by itself.
    expect(cloud.connectionIds().length, 'left open').toBeGreaterThan(2);
    await vi.waitFor(async () => expect(await orphans(cloud)).toEqual([]), patience);
    for (const each of fuzzers) each.leave();
    // Nothing is left of all those sessions and sockets but the bystanders'.
    await vi.waitFor(async () => {
      expect((await livingConnections(cloud)).toSorted()).toEqual(before.toSorted());
    }, patience);
    await vi.waitFor(() => expect(cloud.connectionIds()).toHaveLength(2), patience);
    done.abort();
    await pinging;
    for (const name of [
      'socket-poll',
      'socket-message',
      'socket-connect',
      'socket-disconnect',
      'notify',
    ] as const) {
      expect(cloud.errorsOf(name), name).toBe(0);
    }
    expect(app.connects()).toBe(1);
    expect([...raw.heard, ...app.heard].every(({ event }) => event !== 'error')).toBe(true);
    raw.cut();
    app.leave();
    await vi.waitFor(async () => expect(await livingConnections(cloud)).toEqual([]), patience);
  },
);
