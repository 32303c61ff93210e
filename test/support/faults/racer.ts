import { setTimeout as sleep } from 'node:timers/promises';
import { isLive } from '../../../src/orders/order/order.ts';
import type { BookingView, OrderStatus } from '../../../src/contract/http/orders/views.ts';
import { documentedOrder } from '../worlds/order-world.ts';
import type { Body, Deed, Race } from './race.ts';
import type { RaceWorld, Replica } from '../worlds/race-world.ts';

/** Who looked at which orders, so that what is overdue among them must have ended. */
interface Look {
  readonly orderId?: string;
  readonly customerId?: string;
  readonly at: string;
}

interface Refusal {
  readonly error?: { readonly code: string; readonly data?: Record<string, unknown> | undefined };
}

interface Intent {
  readonly key: string;
  readonly orderId: string;
}

const bodies = { usual: documentedOrder, other: { ...documentedOrder, goodsType: 'Steel' } };
/** On a machine that is too busy, a request still ends in time: with this code. An app asks again. */
const busy = 'SERVICE_UNAVAILABLE';
const refusals = ['ACTIVE_ORDER_EXISTS', 'CONCURRENT_REQUEST', 'IDEMPOTENCY_CONFLICT', busy];
/** If so many runs of the reconciler fail, one after the other, it is not because the machine is busy. */
const mostRuns = 3;
/** After so many a queue gives a message up (lib/service/work/work-queue.ts). */
const mostReceipts = 5;

/** A customer who does everything at once, and complains of answers that must not be. */
export class Racer {
  readonly complaints: string[] = [];
  readonly answers: string[] = [];
  readonly looks: Look[] = [];
  readonly placed: (Intent & { readonly customerId: string })[] = [];
  stranger: Racer | undefined;
  readonly token: string;
  readonly id: string;
  private readonly world: RaceWorld;
  /** Bodies that were sent with each key, and the one that made an order. */
  private readonly sent = new Map<string, Set<Body>>();
  private readonly bodyOf = new Map<string, Body>();
  private latest: string | undefined;

  constructor(world: RaceWorld, { id, token }: { id: string; token: string }) {
    this.world = world;
    this.id = id;
    this.token = token;
  }

  async run(name: string, race: Race | undefined): Promise<void> {
    if (!race) return;
    const old = [...this.sent.keys()].at(-1);
    const keyOf = (key: 'first' | 'second' | 'old') =>
      key === 'old' && old !== undefined
        ? old
        : `${name}-${key}-hesitates-${race.hesitatesMs}-lasts-${race.lastsMs}`;
    await Promise.all(
      race.steps.map(async ({ afterMs, replica, deed }) => {
        if (afterMs > 0) await sleep(afterMs);
        const through = this.world.replicas[replica];
        if (!through) throw new Error('There are fewer replicas');
        try {
          if (deed.does === 'place') await this.place(keyOf(deed.key), deed, through);
          else await this.act(deed, through);
        } catch (error) {
          this.complaints.push(`${deed.does}: ${String(error)}`);
        }
      }),
    );
  }

  private async place(key: string, deed: Deed & { does: 'place' }, replica: Replica) {
    const { body, alias } = deed;
    const sent = (this.sent.get(key) ?? new Set()).add(body);
    this.sent.set(key, sent);
    if (deed.forgetting && (await this.world.forget(this.id, key))) this.answers.push('forgotten');
    const began = Date.now();
    const told = await replica.place(this.token, key, { order: bodies[body], alias });
    const code = told.error?.code;
    this.answers.push(`place ${code ?? told.status}`);
    if (told.body) {
      const { id: orderId, customerId } = told.body.order;
      this.latest = orderId;
      this.placed.push({ key, orderId, customerId: this.id });
      this.bodyOf.set(orderId, body);
      this.expect(customerId === this.id, `P12: ${key} was answered with ${customerId}'s`);
    } else {
      this.expect(refusals.includes(code ?? ''), `${key} was refused with ${code}`);
      this.expect(
        code !== 'IDEMPOTENCY_CONFLICT' || sent.size > 1,
        `P2: ${key} had one body, and was refused as if it had two`,
      );
    }
    if (code === 'ACTIVE_ORDER_EXISTS') this.hearOfSearch(told, began);
  }

  private hearOfSearch({ error }: Refusal, began: number): void {
    const { orderId, expiresAt } = error?.data ?? {};
    this.latest = String(orderId);
    this.expect(
      Date.parse(String(expiresAt)) > began,
      `P6: order ${String(orderId)} was in the way past its deadline`,
    );
  }

  private async act(deed: Exclude<Deed, { does: 'place' }>, replica: Replica): Promise<void> {
    if (deed.does === 'unlock') await this.world.unlock(this.id);
    if (deed.does === 'reconcile') await this.reconcile(replica);
    if (deed.does === 'readAll') await this.readAll(deed.what, replica);
    const orderId = this.latest;
    if (orderId === undefined) return;
    if (deed.does === 'read') await this.read(deed.what, orderId, replica);
    if (deed.does === 'cancel') await this.cancel(deed.booking, orderId, replica);
    if (deed.does === 'deadline') await this.meetDeadline(orderId, replica);
    if (deed.does === 'snoop') await this.stranger?.snoop(orderId, replica);
  }

  private async cancel(booking: boolean, orderId: string, { orders }: Replica): Promise<void> {
    const asked = { token: this.token, params: { id: orderId }, body: { reason: 'Raced' } };
    this.look({ orderId });
    const told = await (booking ? orders.cancelBooking(asked) : orders.cancelOrder(asked));
    this.answers.push(`cancel ${told.error?.code ?? told.body?.status}`);
    const over = told.body?.status === 'cancelled' || told.body?.status === 'expired';
    this.expect(
      over || isBusy(told),
      `cancelling ${orderId} was answered ${JSON.stringify(told.error)}`,
    );
  }

  private async meetDeadline(orderId: string, { tell }: Replica): Promise<void> {
    this.look({ orderId });
    // Whoever waits too long for a lock or a connection gives up, and the queue delivers the message again.
    for (let receipts = 1; receipts <= mostReceipts; receipts += 1) {
      // A queue waits for 30 s.
      if (receipts > 1) await sleep(1000);
      const told = await tell({ kind: 'search-deadline', orderId });
      if (told.batchItemFailures.length === 0) return;
    }
    this.expect(false, `the deadline of ${orderId} would lie in the dead-letter queue`);
  }

  private async reconcile({ reconcile, isWhole }: Replica): Promise<void> {
    await this.world.ageEvents();
    this.look({});
    // Who cannot tell events fails with them, and does the rest. The others run again, as by their schedule.
    for (let runs = 1; runs <= mostRuns; runs += 1) {
      const failed = await reconcile().then(() => undefined, String);
      if (failed === undefined || !isWhole) return;
      this.expect(runs < mostRuns, failed);
    }
  }

  private async read(what: 'order' | 'state' | 'booking', orderId: string, { orders }: Replica) {
    const asked = { token: this.token, params: { id: orderId } };
    const began = this.look({ orderId });
    const read = {
      order: async () => {
        const { body, error } = await orders.getOrder(asked);
        return { error, shown: body?.order };
      },
      state: async () => {
        const { body, error } = await orders.getOrderStatus(asked);
        return { error, shown: body };
      },
      booking: async () => {
        const { body, error } = await orders.getBooking(asked);
        return { error, shown: body?.booking };
      },
    };
    const told = await read[what]();
    if (isBusy(told)) this.answers.push(`read ${busy}`);
    else this.see(told.shown, began);
  }

  private async readAll(what: 'active' | 'list', { orders }: Replica): Promise<void> {
    const began = this.look({ customerId: this.id });
    if (what === 'list') {
      const told = await orders.listOrders({ token: this.token, query: {} });
      if (isBusy(told)) this.answers.push(`list ${busy}`);
      this.expect(
        told.body !== undefined || isBusy(told),
        `the list was refused: ${told.error?.code}`,
      );
      for (const order of told.body?.orders ?? []) this.see(order, began);
      return;
    }
    const told = await orders.checkActiveOrder({ token: this.token });
    if (isBusy(told)) this.answers.push(`check-active ${busy}`);
    this.expect(
      told.body !== undefined || isBusy(told),
      `check-active was refused: ${told.error?.code}`,
    );
    const active = told.body?.activeOrder;
    if (!active) return;
    const [order] = await this.world.sql<{ deadline: Date }>(
      'SELECT search_deadline AS deadline FROM weelo.orders WHERE id = $1 AND customer_id = $2',
      [active.orderId, this.id],
    );
    this.expect(order !== undefined, `P12: ${active.orderId} is active, and somebody else's`);
    this.see(order && { ...active, expiresAt: order.deadline.toISOString() }, began);
  }

  /** P6: what was shown as live had not reached its deadline when it was asked for. Nothing is assigned here. */
  private see(
    shown: { status: OrderStatus | BookingView['status']; expiresAt: string } | undefined,
    began: number,
  ): void {
    if (!shown) return void this.complaints.push('an order of ours was not found');
    const { status } = shown;
    const live = status === 'active' || status === 'confirmed' || isLive(status);
    this.answers.push(`read ${shown.status}`);
    this.expect(
      !live || Date.parse(shown.expiresAt) > began,
      `P6: ${JSON.stringify(shown)} was shown as live at ${new Date(began).toISOString()}`,
    );
  }

  /** P12: what is not theirs is not there. */
  async snoop(orderId: string, { orders }: Replica): Promise<void> {
    const asked = { token: this.token, params: { id: orderId } };
    const told = await Promise.all([
      orders.getOrder(asked),
      orders.getOrderStatus(asked),
      orders.getBooking(asked),
      orders.cancelOrder({ ...asked, body: {} }),
    ]);
    for (const { error } of told) {
      this.answers.push(`snoop ${error?.code}`);
      const hidden = error?.code === 'ORDER_NOT_FOUND' || isBusy({ error });
      this.expect(hidden, `P12: a stranger saw ${orderId}`);
    }
  }

  /** Every key that became an order, with the order. */
  intents(): readonly Intent[] {
    return [...new Map(this.placed.map((each) => [each.key, each])).values()];
  }

  /** P2: with the body that made the order it is that order; with another one it is refused, and not the order's. */
  async retry({ key, orderId }: Intent, body: Body): Promise<string | undefined> {
    const [replica] = this.world.lockless;
    if (!this.sent.get(key)?.has(body)) return undefined;
    await this.world.forget(this.id, key);
    const told = await replica.place(this.token, key, { order: bodies[body] });
    const now = told.body?.order.id ?? told.error?.code;
    const refused = now === 'IDEMPOTENCY_CONFLICT' && body !== this.bodyOf.get(orderId);
    return now === orderId || refused ? undefined : `P2: ${key} made ${orderId}, and then ${now}`;
  }

  private look(which: { orderId?: string; customerId?: string }): number {
    const at = new Date();
    this.looks.push({ ...which, at: at.toISOString() });
    return at.getTime();
  }

  private expect(holds: boolean, otherwise: string): void {
    if (!holds) this.complaints.push(otherwise);
  }
}

function isBusy({ error }: { readonly error?: { readonly code: string } | undefined }): boolean {
  return error?.code === busy;
}
