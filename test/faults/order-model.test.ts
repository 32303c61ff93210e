import * as fc from 'fast-check';
import { beforeAll, test } from 'vitest';
import { brokenPromises } from '../support/faults/order-invariants.ts';
import { documentedOrder } from '../support/worlds/order-world.ts';
import {
  explain,
  isPossible,
  nothing,
  type Action,
  type OfCustomer,
  type OfOrder,
  type Placing,
  type Model,
  type Told,
} from '../support/faults/order-model.ts';
import { raceWorld, type RaceWorld } from '../support/worlds/race-world.ts';

let world: RaceWorld;
beforeAll(async () => {
  world = await raceWorld();
});

const keys = ['first-key', 'second-key', 'third-key'];
const bodies: Readonly<Record<string, typeof documentedOrder>> = {
  truck: documentedOrder,
  steel: { ...documentedOrder, cargoWeightKg: 900 } as typeof documentedOrder,
};

/** Two customers, and everything that the functions do for them, told in the model's words. */
class Real {
  readonly customers: readonly { readonly id: string; readonly token: string }[];

  constructor(customers: readonly { readonly id: string; readonly token: string }[]) {
    this.customers = customers;
  }

  async act(action: Action): Promise<string> {
    if (!('who' in action)) {
      await (action.does === 'forget' ? this.forget() : world.whole[0].reconcile());
      return 'done';
    }
    if (action.does === 'place') return this.place(action);
    return 'key' in action ? this.actOnOne(action) : this.actOnAll(action);
  }

  private async actOnOne({ does, who: by, key: named }: OfOrder): Promise<string> {
    const [{ orders, tell }] = world.whole;
    const { token } = this.customer(by);
    const orderId = await this.orderOf(does === 'snoop' ? 1 - by : by, named);
    if (does === 'deadline') {
      const { batchItemFailures } = await tell({ kind: 'search-deadline', orderId });
      return batchItemFailures.length === 0 ? 'done' : 'failed';
    }
    const asked = { token, params: { id: orderId } };
    const { body, error } =
      does === 'cancel'
        ? await orders.cancelOrder({ ...asked, body: {} })
        : await orders.getOrderStatus(asked);
    return body ? `${body.status} ${body.eventVersion}` : error.code;
  }

  private async actOnAll({ does, who: by }: OfCustomer): Promise<string> {
    const [{ orders }] = world.whole;
    const { id, token } = this.customer(by);
    if (does === 'pass') return this.pass(id);
    if (does === 'active') {
      const { body, error } = await orders.checkActiveOrder({ token });
      return body?.activeOrder ? this.keyOf(body.activeOrder.orderId) : (error?.code ?? 'none');
    }
    const { body, error } = await orders.listOrders({ token, query: {} });
    const shown = body?.orders.map(({ status, eventVersion }) => `${status} ${eventVersion}`);
    return shown?.join(', ') ?? error?.code ?? '';
  }

  private async place({ who: by, key: named, body, replica }: Placing): Promise<string> {
    const order = bodies[body];
    const { token } = this.customer(by);
    const told = await world.replicas[replica]?.place(token, named, { ...(order && { order }) });
    if (told?.body) return `placed ${await this.keyOf(told.body.order.id)}`;
    const { code = '', data } = told?.error ?? {};
    const inTheWay = data?.['orderId'];
    return typeof inTheWay === 'string' ? `${code} ${await this.keyOf(inTheWay)}` : code;
  }

  private async forget(): Promise<void> {
    const intents = this.customers.flatMap(({ id }) => keys.map((each) => [id, each] as const));
    await Promise.all(intents.map((intent) => world.forget(...intent)));
  }

  /** As if a minute had gone by, which nobody noticed. */
  private async pass(customerId: string): Promise<string> {
    const passed = await world.sql<{ id: string }>(
      `UPDATE weelo.orders SET search_deadline = search_deadline - interval '1 minute'
       WHERE customer_id = $1 AND search_closed_at IS NULL RETURNING id`,
      [customerId],
    );
    await Promise.all(passed.map(({ id }) => world.uncache(id)));
    return 'done';
  }

  private customer(by: number) {
    const customer = this.customers[by];
    if (!customer) throw new Error('There are two customers');
    return customer;
  }

  private async orderOf(by: number, named: string): Promise<string> {
    const [order] = await world.sql<{ id: string }>(
      'SELECT id FROM weelo.orders WHERE customer_id = $1 AND idempotency_key = $2',
      [this.customer(by).id, named],
    );
    return order?.id ?? '';
  }

  private async keyOf(orderId: string): Promise<string> {
    const [order] = await world.sql<{ key: string }>(
      'SELECT idempotency_key AS key FROM weelo.orders WHERE id = $1',
      [orderId],
    );
    return order?.key ?? `an order that is not there, ${orderId}`;
  }
}

/** Some things that are done at once, or one alone. */
class Together implements fc.AsyncCommand<{ now: Model }, Real> {
  private readonly actions: readonly Action[];

  constructor(actions: readonly Action[]) {
    this.actions = actions;
  }

  check({ now }: { readonly now: Model }): boolean {
    return this.actions.some((action) => isPossible(now, action));
  }

  async run(model: { now: Model }, real: Real): Promise<void> {
    const possible = this.actions.filter((action) => isPossible(model.now, action));
    const told: readonly Told[] = await Promise.all(
      possible.map(async (action) => ({ action, answer: await real.act(action) })),
    );
    const after = explain(model.now, told);
    if (!after) {
      throw new Error(
        `No order of events explains ${JSON.stringify(told)} after ${JSON.stringify(model.now)}`,
      );
    }
    model.now = after;
    const broken = await brokenPromises(world.sql, real.customers);
    if (broken.length > 0) throw new Error(broken.join('\n'));
  }

  toString(): string {
    return this.actions.map((action) => Object.values(action).join(' ')).join(' + ');
  }
}

const who = fc.constantFrom(0, 0, 0, 1);
const key = fc.constantFrom(...keys);
const place = fc.record({
  does: fc.constant('place'),
  who,
  key,
  body: fc.constantFrom('truck', 'truck', 'truck', 'steel'),
  replica: fc.nat(3),
});
const ofOrder = (...does: ('cancel' | 'read' | 'deadline' | 'snoop')[]) =>
  fc.record({ does: fc.constantFrom(...does), who, key });
const general = fc.record({ does: fc.constantFrom('list', 'active'), who });
const reconcile = fc.record({ does: fc.constant('reconcile') });
const alone: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: place },
  { weight: 4, arbitrary: ofOrder('cancel', 'cancel', 'read', 'deadline', 'snoop') },
  { weight: 1, arbitrary: general },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('pass'), who }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('forget') }) },
  { weight: 1, arbitrary: reconcile },
);
/** Time does not pass meanwhile, and nothing is forgotten: that is for order-races.test.ts. */
const atOnce: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: place },
  { weight: 3, arbitrary: ofOrder('cancel', 'read', 'deadline') },
  { weight: 1, arbitrary: general },
  { weight: 1, arbitrary: reconcile },
);

const command = [
  alone.map((action) => new Together([action])),
  fc.array(atOnce, { minLength: 2, maxLength: 3 }).map((actions) => new Together(actions)),
];

test('whatever two customers do, one by one or at once, a simple model explains', async () => {
  const property = fc.asyncProperty(
    fc.commands(command, { maxCommands: 15, size: 'max' }),
    async (commands) => {
      const customers = [await world.customer(), await world.customer()];
      await fc.asyncModelRun(
        () => ({ model: { now: nothing }, real: new Real(customers) }),
        commands,
      );
    },
  );
  await fc.assert(property, { numRuns: 60 });
}, 300_000);
