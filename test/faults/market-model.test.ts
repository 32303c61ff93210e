import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { beforeAll, test } from 'vitest';
import { brokenMarket } from '../support/faults/market-invariants.ts';
import {
  at,
  explanationsOf,
  inSentences,
  isDriverFree,
  isLive,
  isOfferedTo,
  isOverdue,
  isSilent,
  isUnderWay,
  isVehicleFree,
  kinds,
  linesOf,
  marketOf,
  offersTo,
  shownHold,
  shownOrder,
  storedBy,
  tripsOf,
  type Action,
  type Fleet,
  type Hold,
  type Kind,
  type Line,
  type Model,
  type Order,
  type Pair,
  type Person,
  type Stored,
  type Told,
} from '../support/faults/market-model.ts';
import {
  aces,
  marketWorld,
  open17s,
  openTruck,
  somewhere,
  tataAce,
  type MarketWorld,
  type Transporter,
} from '../support/worlds/market-world.ts';

const seed = Number(process.env['MODEL_SEED'] ?? randomInt(2 ** 31));
/** How many markets. */
const runs = Number(process.env['MODEL_RUNS'] ?? 4);
/** Then no more markets are tried, and a failure is not made smaller any more. */
const limitMs = Number(process.env['MODEL_LIMIT_MS'] ?? 120_000 + 6000 * runs);

let world: MarketWorld;
beforeAll(async () => {
  // Who plays three transporters at once asks oftener than a person may.
  world = await marketWorld(() => ({ WEELO_STAGE: 'local', WEELO_RATE_LIMITS: 'off' }));
});

const keyOf = { ace: tataAce, open17: openTruck } as const;
const kindOf = (key: string): Kind => (key === tataAce ? 'ace' : 'open17');
const named = {
  ace: { vehicleType: 'mini', vehicleSubtype: 'Mini Truck - Tata Ace' },
  open17: { vehicleType: 'open', vehicleSubtype: '17 Feet' },
} as const;

interface Ids {
  readonly orders: readonly string[];
  readonly holds: readonly string[];
  readonly assignments: readonly string[];
}

/** Customers, transporters and drivers at a place of their own, and all that the functions do for them. */
class Real {
  readonly customers: readonly { readonly id: string; readonly token: string }[];
  readonly transporters: readonly Transporter[];
  readonly places: ReturnType<typeof somewhere>;
  /** What was done, and what was answered. */
  readonly story: string[] = [];
  private ids: Ids = { orders: [], holds: [], assignments: [] };
  private pinnedAt = Date.now();

  constructor(
    customers: Real['customers'],
    transporters: Real['transporters'],
    places: Real['places'],
  ) {
    this.customers = customers;
    this.transporters = transporters;
    this.places = places;
  }

  static async begin(fleets: readonly Fleet[]): Promise<Real> {
    const places = somewhere();
    const customers = [await world.customer(), await world.customer()];
    const transporters: Transporter[] = [];
    for (const { km, vehicles } of fleets) {
      const theirs = vehicles.map((kind) => keyOf[kind]);
      transporters.push(await world.transporter({ km, kinds: theirs, from: places.pickup }));
    }
    return new Real(customers, transporters, places);
  }

  async act(action: Action): Promise<string> {
    const { orders, tellDispatch } = world;
    switch (action.does) {
      case 'place':
        return this.place(action.customer, action.trucks);
      case 'wave':
        return this.tell({ ...action, kind: 'search-wave', orderId: this.order(action.order) });
      case 'hold': {
        const { order, kind, quantity, key } = action;
        const { body, error } = await orders.holdTrucks({
          token: this.transporter(action.fleet).token,
          body: { orderId: this.order(order), ...named[kind], quantity },
          ...(key !== '' && { idempotencyKey: key }),
        });
        return body ? `held ${body.heldQuantity}, ${body.eventVersion}` : error.code;
      }
      case 'release': {
        const { token } = this.transporter(action.fleet);
        const body = { holdId: at(this.ids.holds, action.hold) };
        return codeOf(await orders.releaseHold({ token, body }));
      }
      case 'confirm': {
        const { token } = this.transporter(action.fleet);
        const assignments = action.pairs.map((pair) => this.pair(pair));
        const holdId = at(this.ids.holds, action.hold);
        const { body, error } = await orders.confirmHold({ token, body: { holdId, assignments } });
        return body ? `assigned ${body.assignmentIds.length}` : error.code;
      }
      case 'take': {
        const { token } = this.transporter(action.fleet);
        const params = { id: this.order(action.order) };
        const asked = { token, params, body: this.pair(action.pair) };
        const { body, error } = await orders.acceptBroadcast(asked);
        if (!body) return error.code;
        return body.replayed ? 'taken before' : 'taken';
      }
      case 'decline': {
        const { token } = this.transporter(action.fleet);
        const params = { id: this.order(action.order) };
        return codeOf(
          await orders.declineBroadcast({ token, params, body: { reason: 'NOT_AVAILABLE' } }),
        );
      }
      case 'say yes':
      case 'say no': {
        const asked = { token: this.driver(action.driver).token, params: this.assignment(action) };
        return codeOf(
          action.does === 'say yes'
            ? await orders.acceptAssignment(asked)
            : await orders.declineAssignment({ ...asked, body: {} }),
        );
      }
      case 'give up': {
        const { by } = action;
        const { token } = typeof by === 'number' ? this.transporter(by) : this.driver(by);
        const asked = { token, params: this.assignment(action), body: { reason: 'Flat tyre' } };
        return codeOf(await orders.cancelAssignment(asked));
      }
      case 'cancel': {
        const { body, error } = await orders.cancelOrder({
          ...(await this.own(action.order)),
          body: {},
        });
        return body ? `${body.status} ${body.eventVersion}` : error.code;
      }
      case 'pass':
        return this.pass(this.order(action.order), action);
      case 'search-deadline':
        return this.tell({ kind: action.does, orderId: this.order(action.order) });
      case 'answer-deadline': {
        const instant = new Date(Date.now() + 30_000).toISOString();
        return this.tell({ kind: action.does, orderId: this.order(action.order), at: instant });
      }
      case 'reconcile':
        await world.reconcile();
        return 'done';
      case 'settle':
        return this.settle(tellDispatch);
      case 'forget':
        return this.forget();
      case 'see order':
        return this.seeOrder(action.order);
      case 'see trips':
        return this.seeTrips(action.driver);
      default:
        throw new Error(`Nobody can do ${JSON.stringify(action)}`);
    }
  }

  private async place(customer: number, trucks: readonly Kind[]): Promise<string> {
    const count = (kind: Kind) => trucks.filter((each) => each === kind).length;
    const lines = [aces(count('ace')), open17s(count('open17'))];
    const vehicleRequirements = lines.filter(({ quantity }) => quantity > 0);
    const order = { ...world.documented, ...this.places, vehicleRequirements };
    const { body, error } = await world.place(at(this.customers, customer).token, { order });
    return body ? 'placed' : error.code;
  }

  private async tell(message: object): Promise<string> {
    const { batchItemFailures } = await world.tellDispatch(message);
    return batchItemFailures.length === 0 ? 'done' : 'failed';
  }

  /** As if so many seconds had gone by, which nobody noticed. */
  private async pass(orderId: string, { of, seconds }: Extract<Action, { does: 'pass' }>) {
    if (of === 'answers') {
      await world.ageAnswers(orderId, seconds);
    } else {
      await world.age(orderId, seconds);
      await world.redis.del(`order:${orderId}`);
    }
    return 'done';
  }

  /** What dispatch is asked, it does one by one, in a sequence that the model knows. */
  private async settle(tellDispatch: MarketWorld['tellDispatch']): Promise<string> {
    for (;;) {
      const taken: Record<string, unknown>[] = [];
      for (;;) {
        const some = await world.take('DISPATCH_QUEUE_URL');
        if (some.length === 0) break;
        taken.push(...some);
      }
      const sequence = ({ kind, transporterId, orderId }: Record<string, unknown>) =>
        100 * Number(kind === 'refresh-offer') +
        10 * this.transporters.findIndex(({ id }) => id === transporterId) +
        this.ids.orders.indexOf(String(orderId));
      const asked = taken
        .filter(({ kind }) => kind === 'free-changed' || kind === 'refresh-offer')
        .filter((each) => this.transporters.some(({ id }) => id === each['transporterId']))
        .toSorted((one, other) => sequence(one) - sequence(other));
      if (asked.length === 0) return 'done';
      for (const message of asked) await tellDispatch(message);
    }
  }

  /** As if the idempotency table had lost everything. */
  private async forget(): Promise<string> {
    const dynamodb = new DynamoDBClient({});
    const TableName = world.variables['IDEMPOTENCY_TABLE'];
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
    for (const { id } of Items) {
      if (id) await dynamodb.send(new DeleteItemCommand({ TableName, Key: { id } }));
    }
    return 'done';
  }

  private async seeOrder(number: number): Promise<string> {
    const own = await this.own(number);
    const { body: state, error } = await world.orders.getOrderStatus(own);
    const { body: detail } = await world.orders.getOrder(own);
    if (!state || !detail) return error?.code ?? 'no detail';
    const { status, eventVersion, isActive, reasonCode } = state;
    const trucks = detail.requests.map((request) => request.status).join(' ');
    return `${status} ${eventVersion} ${isActive ? 'active' : 'over'} ${reasonCode ?? '-'}: ${trucks}`;
  }

  private async seeOffers(fleet: number): Promise<string> {
    const { token } = this.transporter(fleet);
    const { body, error } = await world.orders.listBroadcasts({ token, query: {} });
    if (!body) return error.code;
    const offers = body.broadcasts.map(({ orderId, requestedVehicles }) => {
      const lines = requestedVehicles.map(({ vehicleType, trucksYouCanProvide }) => [
        vehicleType === 'mini' ? 'ace' : 'open17',
        trucksYouCanProvide,
      ]);
      return `order ${this.ids.orders.indexOf(orderId)}: ${JSON.stringify(Object.fromEntries(lines.toSorted()))}`;
    });
    return offers.toSorted().join(', ');
  }

  private async seeTrips(driver: Person): Promise<string> {
    const { token } = this.driver(driver);
    const { body, error } = await world.orders.listDriverAssignments({ token, query: {} });
    if (!body) return error.code;
    return body.assignments
      .map(({ orderId, status }) => `${this.ids.orders.indexOf(orderId)} ${status}`)
      .join(', ');
  }

  private async seeHold({ fleet, order, kind }: Line): Promise<string> {
    const { token } = this.transporter(fleet);
    const query = { orderId: this.order(order), ...named[kind] };
    const { body } = await world.orders.getActiveHold({ token, query });
    return body ? `${body.quantity} ${body.phase}` : 'none';
  }

  /** What anybody can see without anything happening because of it, and is not as the model says. */
  async differencesSeen(before: Model, now: Model): Promise<readonly string[]> {
    const seen: Promise<readonly [what: string, is: string, should: string]>[] = [];
    const expect = (what: string, is: Promise<string>, should: string) =>
      seen.push(is.then((answer) => [what, answer, should]));
    for (const [i, order] of now.orders.entries()) {
      const isNew = before.orders[i]?.version !== order.version;
      if ((isNew || isLive(order)) && !isOverdue(order)) {
        expect(`order ${i}`, this.seeOrder(i), shownOrder(order));
      }
    }
    for (const fleet of this.transporters.keys()) {
      expect(`offers of ${fleet}`, this.seeOffers(fleet), offersTo(now, fleet).join(', '));
    }
    const held = now.holds.filter(({ order }) => isLive(at(now.orders, order)));
    for (const hold of uniqueBy(held, ({ order, fleet, kind }) => `${order} ${fleet} ${kind}`)) {
      expect(`hold of ${hold.fleet}`, this.seeHold(hold), shownHold(now, hold));
    }
    const drivers = uniqueBy(now.assignments, ({ fleet, driver }) => `${fleet} ${driver}`);
    for (const { fleet, driver } of drivers) {
      const theirs = now.assignments.filter(
        (each) => each.fleet === fleet && each.driver === driver,
      );
      if (!theirs.some(isSilent)) {
        const should = tripsOf(now, [fleet, driver]);
        expect(`trips of ${fleet} ${driver}`, this.seeTrips([fleet, driver]), should);
      }
    }
    return (await Promise.all(seen)).flatMap(([what, is, should]) =>
      is === should ? [] : [`${what} is seen as "${is}", and should be "${should}"`],
    );
  }

  /** What PostgreSQL has, in the model's numbers. */
  async stored(): Promise<Stored> {
    const [row] = await world.sql<{ found: Found }>(everything, [
      this.customers.map(({ id }) => id),
      this.transporters.map(({ id }) => id),
    ]);
    if (!row) throw new Error('PostgreSQL has nothing');
    const { orders, holds, assignments, vehicles } = row.found;
    this.ids = {
      orders: orders.map(({ id }) => id),
      holds: holds.map(({ id }) => id),
      assignments: assignments.map(({ id }) => id),
    };
    const order = (id: string) => this.ids.orders.indexOf(id);
    const hold = (id: string | null) => (id === null ? null : this.ids.holds.indexOf(id));
    const fleet = (id: string) => this.transporters.findIndex((each) => each.id === id);
    return {
      orders: orders.map((each) => ({
        ...each,
        customer: this.customers.findIndex(({ id }) => id === each.customer),
        trucks: each.trucks.map((truck) => ({
          ...truck,
          kind: kindOf(truck.kind),
          hold: hold(truck.hold),
        })),
        offers: each.offers.map((offer) => ({
          ...offer,
          fleet: fleet(offer.fleet),
          told: offer.told.map(kindOf),
        })),
      })),
      holds: holds.map((each) => ({
        ...each,
        order: order(each.order),
        fleet: fleet(each.fleet),
        kind: kindOf(each.kind),
      })),
      assignments: assignments.map((each) => {
        const owner = this.transporters[fleet(each.fleet)];
        const trucks = orders.find(({ id }) => id === each.order)?.trucks ?? [];
        return {
          ...each,
          order: order(each.order),
          truck: trucks.findIndex(({ id }) => id === each.truck),
          hold: hold(each.hold) ?? -1,
          fleet: fleet(each.fleet),
          vehicle: owner?.vehicles.indexOf(each.vehicle) ?? -1,
          driver: owner?.drivers.findIndex(({ id }) => id === each.driver) ?? -1,
        };
      }),
      vehicles: this.transporters.map((each) => each.vehicles.map((id) => vehicles[id] ?? 'gone')),
    };
  }

  /** Time passes only when a test says so: on a busy machine a run takes longer than a driver may. */
  async holdTime({ orders, holds, assignments }: Model): Promise<void> {
    if (Date.now() - this.pinnedAt < 3000) return;
    this.pinnedAt = Date.now();
    const left = (ids: readonly string[], those: readonly { readonly secondsLeft: number }[]) =>
      ids.flatMap((id, i) => {
        const { secondsLeft } = at(those, i);
        // What was made first ends first.
        return secondsLeft > 0 ? [{ id, ms: 1000 * (secondsLeft - 1) + i }] : [];
      });
    const ids = this.ids;
    const all = [
      ...left(ids.orders, orders),
      ...left(ids.holds, holds),
      ...left(ids.assignments, assignments),
    ];
    await world.sql(pin, [JSON.stringify(all)]);
    if (ids.orders.length > 0) {
      await Promise.all(ids.orders.map((id) => world.redis.del(`order:${id}`)));
    }
  }

  brokenPromises(): Promise<readonly string[]> {
    return brokenMarket(world.sql, this.ids.orders);
  }

  private order(number: number): string {
    return at(this.ids.orders, number);
  }

  private transporter(fleet: number): Transporter {
    return at(this.transporters, fleet);
  }

  private driver([fleet, which]: Person) {
    return at(this.transporter(fleet).drivers, which);
  }

  private assignment({ assignment }: { readonly assignment: number }) {
    return { id: at(this.ids.assignments, assignment) };
  }

  private pair({ vehicle, driver }: Pair) {
    const vehicleId = at(this.transporter(vehicle[0]).vehicles, vehicle[1]);
    return { vehicleId, driverId: this.driver(driver).id };
  }

  private async own(number: number) {
    const id = this.order(number);
    const [order] = await world.sql<{ customer_id: string }>(
      'SELECT customer_id FROM weelo.orders WHERE id = $1',
      [id],
    );
    const token = this.customers.find((each) => each.id === order?.customer_id)?.token ?? '';
    return { token, params: { id } };
  }
}

function uniqueBy<T>(those: readonly T[], nameOf: (one: T) => string): readonly T[] {
  return [...new Map(those.map((one) => [nameOf(one), one])).values()];
}

function codeOf({ error }: { readonly error?: { readonly code: string } }): string {
  return error?.code ?? '200';
}

/** As `everything` finds it: with ids. */
interface Found {
  readonly orders: readonly (Omit<Stored['orders'][number], 'customer' | 'trucks' | 'offers'> & {
    readonly id: string;
    readonly customer: string;
    readonly trucks: readonly (Omit<Order['trucks'][number], 'kind' | 'hold'> & {
      readonly id: string;
      readonly kind: string;
      readonly hold: string | null;
    })[];
    readonly offers: readonly { fleet: string; isLive: boolean; told: readonly string[] }[];
  })[];
  readonly holds: readonly (Omit<Stored['holds'][number], 'order' | 'fleet' | 'kind'> & {
    readonly id: string;
    readonly order: string;
    readonly fleet: string;
    readonly kind: string;
  })[];
  readonly assignments: readonly ({
    readonly [K in 'id' | 'order' | 'truck' | 'hold' | 'fleet' | 'vehicle' | 'driver']: string;
  } & Pick<Stored['assignments'][number], 'status'>)[];
  readonly vehicles: Readonly<Record<string, string>>;
}

/** Ids begin with the time: their sequence is that in which orders, holds and assignments were made. */
const everything = `
  SELECT jsonb_build_object('orders', (
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
      'id', o.id, 'customer', o.customer_id, 'status', o.status, 'version', o.event_version,
      'isOpen', o.search_closed_at IS NULL, 'wave', o.wave, 'reason', o.reason_code, 'claimed', o.claimed,
      'filled', o.filled, 'trucks', (
        SELECT jsonb_agg(jsonb_build_object(
          'id', t.id, 'kind', t.vehicle_key, 'status', t.status, 'hold', t.hold_id
        ) ORDER BY t.number)
        FROM weelo.truck_requests AS t WHERE t.order_id = o.id
      ), 'offers', (
        SELECT COALESCE(jsonb_agg(jsonb_build_object(
          'fleet', f.transporter_id, 'isLive', f.closed_at IS NULL, 'told', f.told_kinds
        )), '[]')
        FROM weelo.offers AS f WHERE f.order_id = o.id
      )
    ) ORDER BY o.id), '[]')
    FROM weelo.orders AS o WHERE o.customer_id = ANY ($1::uuid[])
  ), 'holds', (
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
      'id', h.id, 'order', h.order_id, 'fleet', h.transporter_id, 'kind', h.vehicle_key,
      'quantity', h.quantity, 'status', h.status, 'afterNo', h.after_no
    ) ORDER BY h.id), '[]')
    FROM weelo.holds AS h WHERE h.transporter_id = ANY ($2::uuid[])
  ), 'assignments', (
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
      'id', a.id, 'order', a.order_id, 'truck', a.truck_request_id, 'hold', a.hold_id,
      'fleet', a.transporter_id, 'vehicle', a.vehicle_id, 'driver', a.driver_id, 'status', a.status
    ) ORDER BY a.id), '[]')
    FROM weelo.assignments AS a WHERE a.transporter_id = ANY ($2::uuid[])
  ), 'vehicles', (
    SELECT jsonb_object_agg(v.id, v.status) FROM weelo.vehicles AS v WHERE v.transporter_id = ANY ($2::uuid[])
  )) AS found
`;

/** Gives deadlines that are ahead as much time as the model says they have. */
const pin = `
  WITH l AS MATERIALIZED (
    SELECT id, clock_timestamp() + ms * interval '1 ms' AS at
    FROM jsonb_to_recordset($1::jsonb) AS each (id uuid, ms int)
  ), o AS (
    UPDATE weelo.orders SET search_deadline = l.at FROM l WHERE l.id = orders.id
  ), h AS (
    UPDATE weelo.holds SET expires_at = l.at FROM l WHERE l.id = holds.id
  )
  UPDATE weelo.assignments SET answer_by = l.at FROM l WHERE l.id = assignments.id
`;

/** What somebody would like to do; what that is depends on what there is. */
interface Wish {
  readonly does: Action['does'];
  /** Numbers to choose by. */
  readonly who: number;
  readonly which: number;
  readonly how: number;
}

/** So many orders in one run. */
const most = 5;

/** A transporter: usually one who can do it. */
function actorOf(model: Model, { does, who, how }: Omit<Wish, 'which'>): number {
  const all = [...model.fleets.keys()];
  const can = all.filter((fleet) =>
    does === 'confirm' || does === 'release'
      ? model.holds.some((hold) => hold.fleet === fleet && hold.status === 'active')
      : model.orders.some((order) => order.isOpen && isOfferedTo(order, fleet)),
  );
  const those = how === 1 || can.length === 0 ? all : can;
  return at(those, who % those.length);
}

/** The action that is meant, if there is what it is about. */
function planOf(model: Model, { does, who, which, how }: Wish): Action | undefined {
  const [orders, fleet] = [[...model.orders.keys()], actorOf(model, { does, who, how })];
  const open = orders.filter((order) => at(model.orders, order).isOpen);
  const live = orders.filter((order) => isLive(at(model.orders, order)));
  const offered = open.filter((order) => isOfferedTo(at(model.orders, order), fleet));
  const isQuiet = open.length === 0 && model.orders.length < most && how > 2;
  if (isQuiet && (does === 'hold' || does === 'take' || does === 'wave')) {
    return planOf(model, { does: 'place', who, which, how });
  }
  const order = recent(how === 0 || live.length === 0 ? orders : live, which);
  switch (does) {
    case 'place': {
      const customer = who % 2;
      const trucks = at(requirements, which % requirements.length);
      return model.orders.length < most ? { does, customer, trucks } : undefined;
    }
    case 'wave': {
      const searched = recent(open.length > 0 ? open : orders, which);
      return searched === undefined ? undefined : { does, order: searched, wave: 1 + (how % 4) };
    }
    case 'hold':
      return planHold(model, { fleet, orders: offered.length > 0 ? offered : orders, which, how });
    case 'release':
    case 'confirm': {
      const own = holdsOf(model, fleet);
      const hold = recent(own, which);
      if (hold === undefined) return undefined;
      if (does === 'release') return { does, hold, fleet: how === 0 ? 1 - (fleet % 2) : fleet };
      const pairs = pairsFor(model, hold, how);
      return pairs.length > 0 ? { does, hold, fleet, pairs } : undefined;
    }
    case 'take': {
      const taken = recent(offered.length > 0 ? offered : orders, which);
      const { vehicles } = at(model.fleets, fleet);
      const all = vehicles.map((_, i): Person => [fleet, i]);
      const fit = all.filter((each) => how > 0 && isVehicleFree(model, each));
      const drivers = all.filter((each) => how > 3 === isDriverFree(model, each));
      const vehicle = recent(fit.length > 0 ? fit : all, which);
      const driver = recent(drivers.length > 0 ? drivers : all, how);
      if (taken === undefined || !vehicle || !driver) return undefined;
      return { does, fleet, order: taken, pair: { vehicle, driver } };
    }
    case 'decline': {
      const declined = recent(offered.length > 0 ? offered : orders, which);
      return declined === undefined ? undefined : { does, fleet, order: declined };
    }
    case 'say yes':
    case 'say no':
    case 'give up':
      return planAnswer(model, does, { who, which, how });
    case 'cancel':
    case 'search-deadline':
    case 'answer-deadline':
    case 'see order':
      return order === undefined ? undefined : { does, order };
    case 'pass': {
      if (order === undefined) return undefined;
      const [of, seconds] = at(passing, how % passing.length);
      return { does, order, of, seconds };
    }
    case 'see trips':
      return { does, driver: [fleet, which % at(model.fleets, fleet).vehicles.length] };
    case 'reconcile':
    case 'settle':
    case 'forget':
      return { does };
    default:
      return undefined;
  }
}

const requirements: readonly (readonly Kind[])[] = [
  ['ace'],
  ['ace', 'ace'],
  ['ace', 'open17'],
  ['ace', 'ace', 'open17'],
  ['ace', 'ace', 'ace'],
  ['open17'],
];
/** Each leaves at least 15 s of every deadline, or nothing. */
const passing = [
  ['answers', 90],
  ['answers', 45],
  ['search', 60],
  ['answers', 45],
  ['answers', 60],
  ['search', 30],
] as const;
const keys = ['', '', '', 'first-key', 'second-key'] as const;

function recent<T>(those: readonly T[], which: number): T | undefined {
  return those.at(-1 - (which % Math.max(1, those.length)));
}

function planHold(
  model: Model,
  {
    fleet,
    orders,
    which,
    how,
  }: { fleet: number; orders: readonly number[] } & Omit<Wish, 'does' | 'who'>,
): Action | undefined {
  const before = model.holds.find((hold) => hold.fleet === fleet && hold.key !== '');
  if (how === 0 && before) {
    const { order, kind, quantity, key } = before;
    return { does: 'hold', fleet, order, kind, quantity, key };
  }
  const order = recent(orders, which);
  if (order === undefined) return undefined;
  const lines = linesOf(model, { order, fleet });
  const offered = kinds.filter((kind) => kind in lines);
  const kind = recent(how < 2 || offered.length === 0 ? kinds : offered, which) ?? 'ace';
  const quantity = how % 3 === 1 ? 2 : Math.max(1, how % 3 === 2 ? (lines[kind] ?? 1) : 1);
  return { does: 'hold', fleet, order, kind, quantity, key: at(keys, (which + how) % keys.length) };
}

/** A transporter's holds: the active ones, if there are any. */
function holdsOf({ holds }: Model, fleet: number): readonly number[] {
  const own = [...holds.keys()].filter((hold) => at(holds, hold).fleet === fleet);
  const active = own.filter((hold) => at(holds, hold).status === 'active');
  return active.length > 0 ? active : own;
}

/** Who is to drive: usually those who can. */
function pairsFor(model: Model, hold: number, how: number): readonly Pair[] {
  const { fleet, kind, quantity } = at<Hold>(model.holds, hold);
  const { vehicles } = at(model.fleets, fleet);
  const all = vehicles.map((_, i): Person => [fleet, i]);
  const ofKind = all.filter(([, i]) => vehicles[i] === kind);
  const fit = ofKind.filter((each) => isVehicleFree(model, each));
  const idle = all.filter((each) => isDriverFree(model, each));
  const match = (those: readonly Person[], drivers: readonly Person[], most = quantity) =>
    those.slice(0, most).flatMap((vehicle, i): readonly Pair[] => {
      const driver = drivers[i];
      return driver ? [{ vehicle, driver }] : [];
    });
  const strangers: readonly Person[] = [[(fleet + 1) % model.fleets.length, 0]];
  const made = model.assignments.filter((each) => each.hold === hold);
  switch (how) {
    case 0:
    case 10:
    case 11:
      return match(fit, all.filter((each) => !isDriverFree(model, each)).concat(idle));
    case 1:
      return match(all.filter(([, i]) => vehicles[i] !== kind).concat(fit), idle);
    case 2:
      return match(fit, idle, quantity + 1);
    case 3:
      return match(fit, [...idle.slice(0, 1), ...idle.slice(0, 1)]);
    case 4:
      return match(strangers, idle);
    case 5:
      return match(fit, strangers);
    case 6:
      return match(ofKind, idle);
    case 7:
    case 8:
      return match(fit, idle, 1);
    default:
      return made.length > 0
        ? made.map((each) => ({ vehicle: [fleet, each.vehicle], driver: [fleet, each.driver] }))
        : match(fit, idle.toReversed());
  }
}

function planAnswer(
  model: Model,
  does: 'say yes' | 'say no' | 'give up',
  { who, which, how }: Omit<Wish, 'does'>,
): Action | undefined {
  const all = [...model.assignments.keys()];
  const current = all.filter((each) => isUnderWay(at(model.assignments, each)));
  const assignment = recent(how < 2 || current.length === 0 ? all : current, which);
  if (assignment === undefined) return undefined;
  const { fleet, driver } = at(model.assignments, assignment);
  const isStranger = how === 0;
  const person: Person = [
    isStranger ? (fleet + 1) % model.fleets.length : fleet,
    isStranger ? 0 : driver,
  ];
  if (does !== 'give up') return { does, assignment, driver: person };
  return { does, assignment, by: who % 2 === 0 ? person : person[0] };
}

/** Some things that are done at once, or one alone. */
class Together implements fc.AsyncCommand<{ now: Model }, Real> {
  private readonly wishes: readonly Wish[];

  constructor(wishes: readonly Wish[]) {
    this.wishes = wishes;
  }

  check({ now }: { readonly now: Model }): boolean {
    return this.wishes.some((wish) => planOf(now, wish) !== undefined);
  }

  async run(model: { now: Model }, real: Real): Promise<void> {
    const before = model.now;
    const actions = this.wishes.flatMap((wish) => planOf(before, wish) ?? []);
    await real.holdTime(before);
    real.story.push(actions.map((action) => JSON.stringify(action)).join(' + '));
    const told: readonly Told[] = await Promise.all(
      actions.map(async (action) => ({ action, answer: await real.act(action) })),
    );
    real.story.push(`  ${told.map(({ answer }) => answer).join(' + ')}`);
    const explained = explanationsOf(before, told);
    const is = inSentences(await real.stored());
    const now = explained.find((each) => inSentences(storedBy(each)).join() === is.join());
    if (!now) throw new Error(unexplained(real, before, told, is));
    model.now = now;
    const different = await real.differencesSeen(before, now);
    if (different.length > 0) throw new Error([...real.story, ...different].join('\n'));
  }

  toString(): string {
    return this.wishes.map((wish) => Object.values(wish).join(' ')).join(' + ');
  }
}

/** Where the closest of the model's explanations differs from PostgreSQL. */
function unexplained(
  { story }: Real,
  before: Model,
  told: readonly Told[],
  is: readonly string[],
): string {
  const [closest] = explanationsOf(before, told)
    .map((each) => inSentences(storedBy(each)))
    .map((should) => [
      ...should.filter((line) => !is.includes(line)).map((line) => `should be: ${line}`),
      ...is.filter((line) => !should.includes(line)).map((line) => `is: ${line}`),
    ])
    .toSorted((one, other) => one.length - other.length);
  const should = closest ?? ['The answers cannot be explained', ...inSentences(storedBy(before))];
  return [...story, ...should].join('\n');
}

const wish = (...does: readonly Action['does'][]): fc.Arbitrary<Wish> =>
  fc.record({
    does: fc.constantFrom(...does),
    who: fc.nat(5),
    which: fc.nat(5),
    how: fc.nat(11),
  });
/** At once: not the passing of time, and nobody looks, for whoever looks at several things sees them one by one. */
const atOnce: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 12, arbitrary: wish('hold', 'hold', 'confirm', 'confirm', 'take') },
  { weight: 9, arbitrary: wish('say yes', 'say no', 'say no', 'give up', 'release', 'decline') },
  { weight: 4, arbitrary: wish('wave', 'answer-deadline', 'search-deadline', 'reconcile') },
  { weight: 1, arbitrary: wish('cancel', 'place') },
);
const alone: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 14, arbitrary: atOnce },
  { weight: 3, arbitrary: wish('pass') },
  { weight: 2, arbitrary: wish('settle') },
  { weight: 2, arbitrary: wish('see order', 'see trips') },
  { weight: 1, arbitrary: wish('forget', 'place') },
);
const command = fc.oneof(
  { weight: 4, arbitrary: alone.map((each) => new Together([each])) },
  {
    weight: 1,
    arbitrary: fc.tuple(atOnce, atOnce).map((each) => new Together(each)),
  },
);

const kind = fc.constantFrom(...kinds);
const vehicle = fc.oneof(fc.constant('ace' as const), kind);
const fleet = fc.record({
  km: fc.constantFrom(1, 2, 3, 4, 20),
  vehicles: fc.oneof(
    fc.array(vehicle, { minLength: 1, maxLength: 2 }),
    fc.array(vehicle, { minLength: 3, maxLength: 3 }),
  ),
});
const start = fc.record({
  fleets: fc.array(fleet, { minLength: 3, maxLength: 3 }),
  trucks: fc.constantFrom(...requirements),
  wave: fc.nat(3),
});

test(
  'whatever customers, transporters and drivers do, one by one or at once, a simple model explains',
  { timeout: limitMs + 60_000 },
  async () => {
    const property = fc.asyncProperty(
      fc.noBias(start),
      fc.noBias(fc.commands([command], { maxCommands: 40, size: 'max' })),
      async ({ fleets, trucks, wave }, commands) => {
        const real = await Real.begin(fleets);
        const model = { now: marketOf(fleets) };
        const [first, which] = ['place' as const, requirements.indexOf(trucks)];
        await new Together([{ does: first, who: 0, which, how: 1 }]).run(model, real);
        await new Together([{ does: 'wave', who: 0, which: 0, how: wave }]).run(model, real);
        await fc.asyncModelRun(() => ({ model, real }), commands);
        const broken = await real.brokenPromises();
        if (broken.length > 0) throw new Error([...real.story, ...broken].join('\n'));
        await new Together([{ does: 'settle', who: 0, which: 0, how: 0 }]).run(model, real);
      },
    );
    await fc.assert(property, {
      seed,
      numRuns: runs,
      // While it shrinks, too: then what it has found so far is reported.
      interruptAfterTimeLimit: limitMs,
    });
  },
);
