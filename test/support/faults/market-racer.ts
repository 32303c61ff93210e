import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { kindByKey } from '../../../src/catalogue/vehicle-kind.ts';
import { openTruck, tataAce } from '../worlds/market-world.ts';
import type { Fleet, MarketRaceWorld, RacedOrder } from '../worlds/market-race-world.ts';
import type { Replica } from '../worlds/race-world.ts';
import type { Claim } from './market-claims.ts';
import type { Event, MarketRace, Party } from './market-race.ts';

/** On a machine that is too busy, or while the same intent is in flight. An app asks again. */
export const busy: readonly string[] = ['SERVICE_UNAVAILABLE', 'CONCURRENT_REQUEST'];
/** In milliseconds: who has no other answer by then gets none. */
const patienceMs = 30_000;
const pauseMs = 250;

/** What each may be refused with. Every other code is no clear answer. */
const refusals = {
  hold: [
    'ORDER_NOT_FOUND',
    'ORDER_INACTIVE',
    'ALREADY_HOLDING',
    'HOLDS_LIMITED',
    'NOT_ENOUGH_AVAILABLE',
  ],
  accept: [
    'ORDER_NOT_FOUND',
    'ORDER_INACTIVE',
    'ALREADY_HOLDING',
    'HOLDS_LIMITED',
    'NOT_ENOUGH_AVAILABLE',
    'CONFIRM_FAILED',
  ],
  decline: ['ALREADY_HOLDING'],
  confirm: ['HOLD_EXPIRED', 'TRUCK_STATE_CHANGED', 'CONFIRM_FAILED'],
  release: ['TRUCK_STATE_CHANGED'],
  'driver accepts': ['ASSIGNMENT_TIMED_OUT', 'INVALID_ASSIGNMENT_STATE'],
  'driver declines': ['ASSIGNMENT_TIMED_OUT', 'INVALID_ASSIGNMENT_STATE'],
  'give up': ['INVALID_ASSIGNMENT_STATE'],
  cancel: [],
  'my hold': [],
} as const satisfies Record<string, readonly string[]>;

type Act = keyof typeof refusals;
type Ids = Omit<Claim, 'says' | 'orderId'>;

interface Answer<T> {
  readonly body?: T;
  readonly error?: { readonly code: string; readonly data?: Record<string, unknown> | undefined };
}

/** Runs a race for one order, and complains of answers that must not be. */
export class MarketRacer {
  readonly complaints: string[] = [];
  readonly answers: string[] = [];
  readonly claims: Claim[] = [];
  /** The holds that somebody wanted to release. */
  readonly released: string[] = [];
  readonly order: RacedOrder;
  private readonly world: MarketRaceWorld;
  private readonly race: MarketRace;

  constructor(world: MarketRaceWorld, order: RacedOrder, race: MarketRace) {
    this.world = world;
    this.order = order;
    this.race = race;
  }

  async run(): Promise<void> {
    const { parties, events, lastsMs } = this.race;
    await this.world.lasts(this.order.orderId, lastsMs);
    await Promise.all([
      ...parties.map((party) => this.at(party, () => this.play(party))),
      ...events.map((event) => this.at(event, () => this.happen(event))),
    ]);
  }

  private async at({ afterMs }: { readonly afterMs: number }, work: () => Promise<void>) {
    if (afterMs > 0) await sleep(afterMs);
    await work().catch((error: unknown) => this.complaints.push(String(error)));
  }

  private async play(party: Party): Promise<void> {
    const fleet = this.world.owners[party.fleet];
    if (!fleet) throw new Error('There are fewer fleets');
    const [own = tataAce] = fleet.kinds;
    const other = own === tataAce ? openTruck : tataAce;
    const kind = party.ownKind ? own : other;
    if (party.first === 'decline') return this.decline(fleet, party);
    if (party.first === 'accept') return this.accept(fleet, party);
    const holdIds = await this.hold(fleet, kind, party);
    const [holdId] = holdIds;
    if (holdId !== undefined) await this.use(holdId, fleet, kind, party);
  }

  private async decline({ id: transporterId, token }: Fleet, { replica }: Party): Promise<void> {
    const params = { id: this.order.orderId };
    await this.ask('decline', 'the offer is declined', { transporterId }, () =>
      this.through(replica).orders.declineBroadcast({
        token,
        params,
        body: { reason: 'NOT_AVAILABLE' },
      }),
    );
  }

  private async accept(fleet: Fleet, party: Party): Promise<void> {
    const { id: transporterId, token, vehicles, drivers } = fleet;
    const [vehicleId = ''] = vehicles;
    const driver = drivers[0];
    if (!driver) throw new Error('A fleet has no driver');
    const asked = {
      token,
      params: { id: this.order.orderId },
      body: { vehicleId, driverId: driver.id },
    };
    const told = await Promise.all(
      this.timesOf(party).map(({ replica, key }) =>
        this.ask('accept', 'the truck is assigned', { transporterId }, async () => {
          const answer = await this.through(replica).orders.acceptBroadcast({ ...asked, ...key });
          const assignmentId = answer.body?.assignmentId;
          if (assignmentId !== undefined) {
            this.claim('the truck is assigned', {
              transporterId,
              assignmentId,
              vehicleId,
              driverId: driver.id,
            });
          }
          return answer;
        }),
      ),
    );
    const made = [...new Set(told.flatMap(({ body }) => body?.assignmentId ?? []))];
    if (made[0] !== undefined) await this.drive(made[0], fleet, party);
  }

  /** The holds that it got, of which there should be one at most. */
  private async hold(fleet: Fleet, kind: string, party: Party): Promise<readonly string[]> {
    const { id: transporterId, token } = fleet;
    const { quantity } = party;
    const body = { orderId: this.order.orderId, quantity, ...spelled(kind) };
    const told = await Promise.all(
      this.timesOf(party).map(({ replica, key }) =>
        this.ask('hold', undefined, { transporterId }, async () =>
          this.through(replica).orders.holdTrucks({ token, body, ...key }),
        ),
      ),
    );
    for (const { body: held, error } of told) {
      const { openTrucks = 0, yourFreeTrucks = 0 } = error?.data ?? {};
      this.expect(
        error?.code !== 'NOT_ENOUGH_AVAILABLE' ||
          quantity > Number(openTrucks) ||
          quantity > Number(yourFreeTrucks),
        `${quantity} were refused, though ${String(openTrucks)} were open and ${String(yourFreeTrucks)} free`,
      );
      if (held) {
        this.claim('the trucks are held', { transporterId, holdId: held.holdId, quantity });
      }
    }
    const holdIds = [...new Set(told.flatMap(({ body: held }) => held?.holdId ?? []))];
    this.expect(
      party.twice !== 'with one key' || holdIds.length <= 1,
      `One key made the holds ${holdIds.join(' and ')}`,
    );
    return holdIds;
  }

  private async use(holdId: string, fleet: Fleet, kind: string, party: Party): Promise<void> {
    const { afterwards, quantity, replica } = party;
    const all = crewsOf(fleet, kind);
    const crews = all.slice(0, afterwards === 'confirm one' ? 1 : quantity);
    const confirm = (through = replica) => this.confirm(holdId, fleet, crews, through);
    if (afterwards === 'wait') return;
    if (afterwards === 'release') {
      await this.release(holdId, fleet, replica);
      return;
    }
    if (afterwards === 'confirm and release') {
      const [made, released] = await Promise.all([
        confirm(),
        this.release(holdId, fleet, replica + 1),
      ]);
      this.expect(made.length === 0 || !released, `Hold ${holdId} was both confirmed and released`);
      await this.driveAll(made, fleet, party);
      return;
    }
    if (afterwards === 'confirm twice') {
      const [one, two] = await Promise.all([confirm(), confirm(replica + 1)]);
      this.expect(
        one.length === 0 || two.length === 0 || [...one].sort().join() === [...two].sort().join(),
        `Hold ${holdId} was confirmed twice, with ${one.join()} and ${two.join()}`,
      );
      await this.driveAll(one, fleet, party);
      return;
    }
    const made = await confirm();
    if (made.length > 0) return this.driveAll(made, fleet, party);
    // Its first vehicles may be on another order by now.
    const others = all.toReversed().slice(0, crews.length);
    await this.driveAll(await this.confirm(holdId, fleet, others, replica), fleet, party);
  }

  /** The assignments that it made, or had made before. */
  private async confirm(
    holdId: string,
    { id: transporterId, token }: Fleet,
    crews: readonly { vehicleId: string; driverId: string }[],
    replica: number,
  ): Promise<readonly string[]> {
    const { body } = await this.ask('confirm', undefined, { transporterId, holdId }, () =>
      this.through(replica).orders.confirmHold({
        token,
        body: { holdId, assignments: [...crews] },
      }),
    );
    const made = body?.assignmentIds ?? [];
    for (const assignmentId of made) {
      this.claim('the truck is assigned', { transporterId, holdId, assignmentId });
    }
    return made;
  }

  private async release(holdId: string, { token }: Fleet, replica: number): Promise<boolean> {
    this.released.push(holdId);
    const { body } = await this.ask('release', 'the hold is released', { holdId }, () =>
      this.through(replica).orders.releaseHold({ token, body: { holdId } }),
    );
    return body !== undefined;
  }

  private async driveAll(made: readonly string[], fleet: Fleet, party: Party): Promise<void> {
    await Promise.all(made.map((each) => this.drive(each, fleet, party)));
  }

  /** What the driver of an assignment says, and what the transporter makes of a no. */
  private async drive(assignmentId: string, fleet: Fleet, party: Party): Promise<void> {
    const [row] = await this.world.sql<{ driverId: string; vehicleId: string; kind: string }>(
      `SELECT a.driver_id AS "driverId", a.vehicle_id AS "vehicleId", v.vehicle_key AS kind
       FROM weelo.assignments AS a JOIN weelo.vehicles AS v ON v.id = a.vehicle_id WHERE a.id = $1`,
      [assignmentId],
    );
    const driver = fleet.drivers.find(({ id }) => id === row?.driverId);
    if (!row || !driver) throw new Error('Nobody drives an assignment that was made');
    const { replica } = party;
    const params = { id: assignmentId };
    const accepts = () =>
      this.ask('driver accepts', 'the driver has accepted', { assignmentId }, () =>
        this.through(replica).orders.acceptAssignment({ token: driver.token, params }),
      );
    const declines = (through = replica) =>
      this.ask('driver declines', 'the driver has declined', { assignmentId }, () =>
        this.through(through).orders.declineAssignment({
          token: driver.token,
          params,
          body: { reason: 'TIRED' },
        }),
      );
    if (party.driver === 'nothing') return;
    if (party.driver === 'accept') return void (await accepts());
    if (party.driver === 'decline') await declines();
    if (party.driver === 'accept and decline') {
      const [yes, no] = await Promise.all([accepts(), declines(replica + 1)]);
      this.expect(!yes.body || !no.body, `${assignmentId} was both accepted and declined`);
    }
    if (party.driver === 'give up') {
      await accepts();
      await this.ask('give up', 'the trip is given up', { assignmentId }, () =>
        this.through(replica).orders.cancelAssignment({
          token: fleet.token,
          params,
          body: { reason: 'The truck broke down' },
        }),
      );
    }
    if (party.again) await this.putAnotherOn(fleet, row, replica);
  }

  private async putAnotherOn(
    fleet: Fleet,
    { kind, vehicleId, driverId }: { kind: string; vehicleId: string; driverId: string },
    replica: number,
  ): Promise<void> {
    const query = { orderId: this.order.orderId, ...spelled(kind) };
    const { body: hold } = await this.ask('my hold', undefined, {}, () =>
      this.through(replica).orders.getActiveHold({ token: fleet.token, query }),
    );
    if (hold) await this.confirm(hold.holdId, fleet, [{ vehicleId, driverId }], replica);
  }

  private async happen({ does, replica }: Event): Promise<void> {
    const { orderId } = this.order;
    const { world } = this;
    if (does === 'cancel') return this.cancel(replica);
    if (does === 'deadline') return this.tell({ kind: 'search-deadline', orderId }, replica);
    if (does === 'holds age') await world.age('holds', [orderId]);
    if (does === 'drivers age') await world.age('drivers', [orderId]);
    if (does === 'answer deadline') {
      const at = new Date().toISOString();
      await this.tell({ kind: 'answer-deadline', orderId, at }, replica);
    }
    if (does === 'waves') {
      // Out of sequence, and the first comes twice.
      const waves = [2, 1, 2].map((wave) => ({ kind: 'search-wave', orderId, wave }));
      await Promise.all(waves.map((wave, i) => this.tell(wave, replica + i)));
    }
    if (does === 'messages') await this.deliver(replica);
    if (does === 'reconcile') await this.reconcile();
  }

  /** Has dispatch do what its queue asks, in the reverse sequence, and each twice. */
  private async deliver(replica: number): Promise<void> {
    const waiting = (await this.world.drain('DISPATCH_QUEUE_URL'))
      .filter(({ kind }) => kind !== 'order-changed')
      .toReversed();
    await Promise.all(
      [...waiting, ...waiting].map((message, i) => this.tell(message, replica + i)),
    );
  }

  private async reconcile(): Promise<void> {
    // Whoever is too busy runs again, as by the schedule.
    await this.untilDone('reconcile', async (tries) => {
      await this.world.whole[tries % 2]?.reconcile();
    });
  }

  async cancel(replica = 0): Promise<void> {
    const { token, orderId } = this.order;
    const { body } = await this.ask('cancel', undefined, {}, () =>
      this.through(replica).orders.cancelOrder({ token, params: { id: orderId }, body: {} }),
    );
    if (body?.status === 'cancelled') this.claim('the order is cancelled', {});
    if (body?.status === 'expired') this.claim('the order has expired', {});
    this.expect(
      body === undefined || body.status === 'cancelled' || body.status === 'expired',
      `cancelling was answered ${body?.status}`,
    );
  }

  /** Delivers a message for as long as it fails, as a queue does. */
  private async tell(message: object, replica: number): Promise<void> {
    await this.untilDone(JSON.stringify(message), async (tries) => {
      const { batchItemFailures } = await this.through(replica + tries).tell(message);
      if (batchItemFailures.length > 0) throw new Error('The message would be delivered again');
    });
  }

  /** Messages and schedules come again, as long as they fail. */
  private async untilDone(what: string, work: (tries: number) => Promise<void>): Promise<void> {
    const until = Date.now() + patienceMs;
    for (let tries = 0; ; tries += 1) {
      const failed = await work(tries).then(() => undefined, String);
      if (failed === undefined) return;
      if (Date.now() > until) throw new Error(`${what} was never done: ${failed}`);
      await sleep(pauseMs);
    }
  }

  /** Asks until there is an answer. `done`: what a success says. What a refusal says must be true, too. */
  private async ask<T>(
    act: Act,
    done: Claim['says'] | undefined,
    ids: Ids,
    request: () => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const until = Date.now() + patienceMs;
    for (;;) {
      const told = await request();
      const code = told.error?.code;
      this.answers.push(`${act} ${code ?? 'done'}`);
      if (code !== undefined && busy.includes(code) && Date.now() < until) {
        await sleep(pauseMs);
        continue;
      }
      if (code === undefined) {
        if (done !== undefined && act !== 'accept') this.claim(done, ids);
        return told;
      }
      const clear: readonly string[] = refusals[act];
      this.expect(clear.includes(code), `${act} was answered ${JSON.stringify(told.error)}`);
      if (act === 'give up') this.claim('there is nothing to give up', ids);
      else if (isClaim(code)) this.claim(code, ids);
      return told;
    }
  }

  /** Once, or twice at once through two replicas. Usually a hold has a key. */
  private timesOf({ twice, replica }: Party) {
    const key = twice === 'without a key' ? {} : { idempotencyKey: randomUUID() };
    const replicas = twice === 'no' ? [replica] : [replica, replica + 1];
    return replicas.map((each) => ({ replica: each, key }));
  }

  private through(replica: number): Replica {
    const { replicas } = this.world;
    const found = replicas[replica % replicas.length];
    if (!found) throw new Error('There are no replicas');
    return found;
  }

  private claim(says: Claim['says'], ids: Ids): void {
    this.claims.push({ says, orderId: this.order.orderId, ...ids });
  }

  private expect(holds: boolean, otherwise: string): void {
    if (!holds) this.complaints.push(otherwise);
  }
}

const refusalClaims: readonly string[] = [
  'ORDER_INACTIVE',
  'ORDER_NOT_FOUND',
  'ALREADY_HOLDING',
  'HOLDS_LIMITED',
  'HOLD_EXPIRED',
  'TRUCK_STATE_CHANGED',
  'ASSIGNMENT_TIMED_OUT',
  'INVALID_ASSIGNMENT_STATE',
];

function isClaim(code: string): code is Claim['says'] {
  return refusalClaims.includes(code);
}

function spelled(key: string) {
  const kind = kindByKey(key);
  if (!kind) throw new Error(`There is no kind ${key}`);
  return { vehicleType: kind.type.id, vehicleSubtype: kind.captainName };
}

/** A vehicle of this kind and a driver each. */
function crewsOf({ kinds, vehicles, drivers }: Fleet, kind: string) {
  return vehicles.flatMap((vehicleId, i) => {
    const driverId = drivers[i]?.id;
    return kinds[i] === kind && driverId !== undefined ? [{ vehicleId, driverId }] : [];
  });
}
