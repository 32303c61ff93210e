/** The two kinds of truck of this market. */
export type Kind = 'ace' | 'open17';
export const kinds = ['ace', 'open17'] as const;

/** Who does what, by number: orders, holds and assignments are numbered in the sequence in which they were made. */
export type Action =
  | { readonly does: 'place'; readonly customer: number; readonly trucks: readonly Kind[] }
  | { readonly does: 'wave'; readonly order: number; readonly wave: number }
  | (Line & { readonly does: 'hold'; readonly quantity: number; readonly key: string })
  | (OfFleet & { readonly does: 'release'; readonly hold: number })
  | (OfFleet & { readonly does: 'confirm'; readonly hold: number; readonly pairs: readonly Pair[] })
  | (OfFleet & { readonly does: 'take'; readonly order: number; readonly pair: Pair })
  | (OfFleet & { readonly does: 'decline'; readonly order: number })
  | { readonly does: 'say yes' | 'say no'; readonly assignment: number; readonly driver: Person }
  | { readonly does: 'give up'; readonly assignment: number; readonly by: Person | number }
  | { readonly does: 'cancel'; readonly order: number }
  | { readonly does: 'pass'; readonly order: number; readonly of: Clock; readonly seconds: number }
  | { readonly does: 'search-deadline' | 'answer-deadline'; readonly order: number }
  | { readonly does: 'reconcile' | 'settle' | 'forget' }
  | { readonly does: 'see order'; readonly order: number }
  | { readonly does: 'see trips'; readonly driver: Person };

interface OfFleet {
  readonly fleet: number;
}
export interface Line extends OfFleet {
  readonly order: number;
  readonly kind: Kind;
}
/** A driver, or a vehicle: the fleet, and which of its drivers or vehicles. */
export type Person = readonly [fleet: number, which: number];
export interface Pair {
  readonly vehicle: Person;
  readonly driver: Person;
}
/** Which deadlines time passes for: the search's, or those of its holds and drivers. */
type Clock = 'search' | 'answers';

type TruckStatus = 'searching' | 'held' | 'assigned' | 'expired' | 'cancelled';
interface Truck {
  readonly kind: Kind;
  status: TruckStatus;
  /** The hold that it is under. */
  hold: number | null;
}
interface Offer extends OfFleet {
  isLive: boolean;
  /** The kinds that the transporter was last told it can serve. */
  told: readonly Kind[];
}
export interface Order {
  readonly customer: number;
  readonly trucks: Truck[];
  readonly offers: Offer[];
  status: 'broadcasting' | 'partially_filled' | 'fully_filled' | 'cancelled' | 'expired';
  isOpen: boolean;
  secondsLeft: number;
  wave: number;
  version: number;
  reason: string | null;
  /** Whether a wave has found somebody who has such trucks, free or not. */
  wasSeen: boolean;
}
export interface Hold extends Line {
  readonly quantity: number;
  readonly afterNo: boolean;
  readonly key: string;
  status: 'active' | 'confirmed' | 'released' | 'lapsed' | 'cancelled';
  secondsLeft: number;
}
export interface Assignment extends OfFleet {
  readonly order: number;
  readonly truck: number;
  readonly hold: number;
  readonly vehicle: number;
  readonly driver: number;
  status: 'pending' | 'driver_accepted' | 'driver_declined' | 'timed_out' | 'cancelled';
  secondsLeft: number;
}
export interface Fleet {
  readonly km: number;
  readonly vehicles: readonly Kind[];
}

/** All that there is to know of a market, as PostgreSQL has it: what is overdue has not happened yet. */
export interface Model {
  readonly fleets: readonly Fleet[];
  readonly orders: Order[];
  readonly holds: Hold[];
  readonly assignments: Assignment[];
  /** Of the holds that were asked for with a key, the answers that are given again. */
  remembered: { readonly intent: string; readonly body: string; readonly answer: string }[];
  /** Whose free trucks have changed, of this kind or of any, and which offers must be looked at: dispatch's queue. */
  changed: { readonly fleet: number; readonly kind: Kind | null }[];
  refreshes: { readonly fleet: number; readonly order: number }[];
}

export function marketOf(fleets: readonly Fleet[]): Model {
  const empty = { orders: [], holds: [], assignments: [] };
  return { fleets, ...empty, remembered: [], changed: [], refreshes: [] };
}

/** One of several, which is there. */
export function at<T>(those: readonly T[], i: number): T {
  const one = those[i];
  if (one === undefined) throw new Error(`There is no number ${i}`);
  return one;
}

const radiusKm: readonly number[] = [0, 15, 30, 60, 100];

// What is read from a market.

export const isLive = ({ status }: Order) => status !== 'cancelled' && status !== 'expired';
export const isUnderWay = ({ status }: Assignment) =>
  status === 'pending' || status === 'driver_accepted';
export const isOverdue = ({ isOpen, secondsLeft }: Order) => isOpen && secondsLeft <= 0;
export const isSilent = ({ status, secondsLeft }: Assignment) =>
  status === 'pending' && secondsLeft <= 0;
const hasLapsed = ({ status, secondsLeft }: Hold) => status === 'active' && secondsLeft <= 0;

export const isVehicleFree = ({ assignments }: Model, [fleet, which]: Person) =>
  !assignments.some((each) => isUnderWay(each) && each.fleet === fleet && each.vehicle === which);
export const isDriverFree = ({ assignments }: Model, [fleet, which]: Person) =>
  !assignments.some((each) => isUnderWay(each) && each.fleet === fleet && each.driver === which);

const activeHolds = ({ holds }: Model, fleet: number) =>
  holds.filter((hold) => hold.fleet === fleet && hold.status === 'active');
const trucksIn = (holds: readonly Hold[]) => holds.reduce((sum, { quantity }) => sum + quantity, 0);

/** Vehicles that can be put on a truck, without those that a hold counts on. */
function freeTrucks(model: Model, fleet: number, kind: Kind): number {
  const vehicles = at(model.fleets, fleet).vehicles.filter(
    (each, i) => each === kind && isVehicleFree(model, [fleet, i]),
  );
  const holds = activeHolds(model, fleet).filter((hold) => hold.kind === kind);
  return vehicles.length - trucksIn(holds);
}

const searching = ({ trucks }: Order, kind: Kind) =>
  trucks.filter((truck) => truck.status === 'searching' && truck.kind === kind);

/** What an order offers a transporter: how many trucks of each kind it can provide. */
export function linesOf(
  model: Model,
  { order, fleet }: Omit<Line, 'kind'>,
): Readonly<Partial<Record<Kind, number>>> {
  const lines = kinds.flatMap((kind) => {
    const open = searching(at(model.orders, order), kind).length;
    const free = freeTrucks(model, fleet, kind);
    const isHeld = activeHolds(model, fleet).some(
      (hold) => hold.order === order && hold.kind === kind,
    );
    return isHeld || (open > 0 && free > 0) ? [[kind, Math.min(open, free)]] : [];
  });
  return Object.fromEntries(lines) as Partial<Record<Kind, number>>;
}

const kindsOf = (lines: ReturnType<typeof linesOf>) => kinds.filter((kind) => kind in lines);

const offerOf = ({ offers }: Order, fleet: number) => offers.find((offer) => offer.fleet === fleet);
export const isOfferedTo = (order: Order, fleet: number) => offerOf(order, fleet)?.isLive === true;

/** The offers that a transporter can answer: of each order its lines. */
export function offersTo(model: Model, fleet: number): readonly string[] {
  return model.orders.flatMap((each, order) => {
    if (!isOfferedTo(each, fleet) || isOverdue(each)) return [];
    const lines = linesOf(model, { order, fleet });
    return kindsOf(lines).length > 0 ? [`order ${order}: ${JSON.stringify(lines)}`] : [];
  });
}

/** How an order stands, in the customer's eyes. */
export function shownOrder(order: Order): string {
  const { status, version, reason, trucks } = order;
  const each = trucks.map((truck) => truck.status).join(' ');
  return `${status} ${version} ${isLive(order) ? 'active' : 'over'} ${reason ?? '-'}: ${each}`;
}

/** A transporter's hold of an order and a kind that ends first; one whose time is over does not count. */
export function shownHold(model: Model, { order, fleet, kind }: Line): string {
  const [first] = activeHolds(model, fleet)
    .filter((hold) => hold.order === order && hold.kind === kind && !hasLapsed(hold))
    .toSorted((one, other) => one.secondsLeft - other.secondsLeft);
  return first ? `${first.quantity} ${first.afterNo ? 'CONFIRMED' : 'FLEX'}` : 'none';
}

/** A driver's assignments, newest first. */
export function tripsOf({ assignments }: Model, [fleet, driver]: Person): string {
  const own = assignments.filter((each) => each.fleet === fleet && each.driver === driver);
  return own
    .map(({ order, status }) => `${order} ${status}`)
    .toReversed()
    .join(', ');
}

/** The facts that PostgreSQL stores, in a sentence each. */
export interface Stored {
  readonly orders: readonly (Pick<
    Order,
    'customer' | 'status' | 'isOpen' | 'wave' | 'version' | 'reason' | 'trucks'
  > & {
    readonly offers: readonly Offer[];
    readonly claimed: number;
    readonly filled: number;
  })[];
  readonly holds: readonly Omit<Hold, 'secondsLeft' | 'key'>[];
  readonly assignments: readonly Omit<Assignment, 'secondsLeft'>[];
  /** Of each transporter. */
  readonly vehicles: readonly (readonly string[])[];
}

export function storedBy(model: Model): Stored {
  return {
    ...model,
    orders: model.orders.map((order) => {
      const count = (...statuses: readonly TruckStatus[]) =>
        order.trucks.filter(({ status }) => statuses.includes(status)).length;
      return { ...order, claimed: count('held', 'assigned'), filled: count('assigned') };
    }),
    vehicles: model.fleets.map(({ vehicles }, fleet) =>
      vehicles.map((_, i) => (isVehicleFree(model, [fleet, i]) ? 'available' : 'on_hold')),
    ),
  };
}

export function inSentences({ orders, holds, assignments, vehicles }: Stored): readonly string[] {
  return [
    ...orders.flatMap(({ customer, status, version, ...order }, i) => [
      `order ${i} of ${customer} is ${status} ${version}, ${order.isOpen ? 'open' : 'closed'}, ${order.reason}`,
      `order ${i} has begun wave ${order.wave}, ${order.claimed} claimed and ${order.filled} filled`,
      ...order.trucks.map(
        (truck, n) => `truck ${n} of order ${i}: ${truck.kind} ${truck.status}, hold ${truck.hold}`,
      ),
      ...order.offers
        .toSorted((one, other) => one.fleet - other.fleet)
        .map(
          ({ fleet, isLive: live, told }) =>
            `order ${i} is ${live ? 'on' : 'off'} offer to ${fleet}, told ${told.toSorted().join()}`,
        ),
    ]),
    ...holds.map(
      ({ order, fleet, kind, quantity, status, afterNo }, i) =>
        `hold ${i}: ${fleet} has ${quantity} ${kind} of order ${order}, ${status}, after no: ${afterNo}`,
    ),
    ...assignments.map(
      ({ order, truck, hold: from, fleet, vehicle, driver, status }, i) =>
        `assignment ${i}: truck ${truck} of order ${order} from hold ${from}, ${fleet} ${vehicle} ${driver} ${status}`,
    ),
    ...vehicles.map((statuses, fleet) => `vehicles of ${fleet}: ${statuses.join(' ')}`),
  ];
}

// What happens to a market. These functions change a copy that `step` has made.

/** An order was changed: its version rises, and its status follows from its trucks. */
function transit(
  order: Order,
  { closes = false, cancels = false }: { closes?: boolean; cancels?: boolean } = {},
): void {
  const count = (status: TruckStatus) =>
    order.trucks.filter((truck) => truck.status === status).length;
  const [filled, held] = [count('assigned'), count('held')];
  const isFull = filled === order.trucks.length;
  if (order.isOpen && (closes || isFull)) {
    order.isOpen = false;
    for (const offer of order.offers) offer.isLive = false;
  }
  order.version += 1;
  if (cancels) order.status = 'cancelled';
  else if (!order.isOpen && filled + held === 0) order.status = 'expired';
  else if (isFull) order.status = 'fully_filled';
  else order.status = filled > 0 || !order.isOpen ? 'partially_filled' : 'broadcasting';
  if (order.status === 'expired') {
    order.reason = order.wasSeen ? 'NO_TRANSPORTER_ACCEPTANCE' : 'NO_ONLINE_TRANSPORTERS';
  }
}

function endSearch(order: Order): void {
  for (const truck of order.trucks) if (truck.status === 'searching') truck.status = 'expired';
  transit(order, { closes: true });
}

/** Each live offer of an order is told again, as it is now. */
function tellAgain(model: Model, order: number): void {
  for (const offer of at(model.orders, order).offers) {
    if (offer.isLive) offer.told = kindsOf(linesOf(model, { order, fleet: offer.fleet }));
  }
}

/** If no truck of a kind is left, those who hold none are told that they cannot serve it any more. */
function tellTaken(model: Model, { order: number, fleet, kind }: Line): void {
  const order = at(model.orders, number);
  if (searching(order, kind).length > 0) return;
  const holds = (each: number) =>
    activeHolds(model, each).some((hold) => hold.order === number && hold.kind === kind);
  for (const offer of order.offers) {
    if (offer.isLive && offer.fleet !== fleet && !holds(offer.fleet)) {
      offer.told = offer.told.filter((each) => each !== kind);
    }
  }
}

function giveBack({ isOpen }: Order, trucks: readonly Truck[]): void {
  for (const truck of trucks) {
    truck.status = isOpen ? 'searching' : 'expired';
    truck.hold = null;
  }
}

function endHold(model: Model, hold: number, status: 'released' | 'lapsed'): void {
  const ended = at(model.holds, hold);
  const order = at(model.orders, ended.order);
  ended.status = status;
  const held = order.trucks.filter((truck) => truck.hold === hold);
  giveBack(order, held);
  tellAgain(model, ended.order);
  transit(order);
  model.changed.push(ended);
}

function makeHold(model: Model, made: Omit<Hold, 'status'>, trucks: readonly Truck[]): void {
  for (const truck of trucks) {
    truck.status = 'held';
    truck.hold = model.holds.length;
  }
  model.holds.push({ ...made, status: 'active' });
}

/** The driver is not on the truck any more, which is the transporter's for another minute. */
function loseDriver(
  model: Model,
  lost: Assignment,
  status: 'driver_declined' | 'timed_out' | 'cancelled',
): void {
  const order = at(model.orders, lost.order);
  const truck = at(order.trucks, lost.truck);
  lost.status = status;
  const { fleet, order: number } = lost;
  const after = { quantity: 1, afterNo: true, key: '', secondsLeft: 60 };
  makeHold(model, { ...after, fleet, order: number, kind: truck.kind }, [truck]);
  transit(order);
  // What it holds is a line of its offer.
  model.refreshes.push({ fleet, order: number });
}

/** P6: what should have happened to an order by now happens, each with a transition of its own. */
function meetDeadlines(model: Model, number: number): void {
  const order = at(model.orders, number);
  const first = <T extends { readonly order: number; readonly secondsLeft: number }>(
    those: readonly T[],
    isDue: (one: T) => boolean,
  ) =>
    those
      .filter((one) => one.order === number && isDue(one))
      .toSorted((one, other) => one.secondsLeft - other.secondsLeft)[0];
  for (;;) {
    const hold = first(model.holds, hasLapsed);
    const silent = first(model.assignments, isSilent);
    if (isOverdue(order)) endSearch(order);
    else if (hold) endHold(model, model.holds.indexOf(hold), 'lapsed');
    else if (silent) loseDriver(model, silent, 'timed_out');
    else return;
  }
}

function assign(model: Model, hold: number, trucks: readonly Truck[], pairs: readonly Pair[]) {
  const { order: number, fleet } = at(model.holds, hold);
  const order = at(model.orders, number);
  for (const [i, { vehicle, driver }] of pairs.entries()) {
    const truck = at(trucks, i);
    truck.status = 'assigned';
    truck.hold = null;
    model.assignments.push({
      order: number,
      truck: order.trucks.indexOf(truck),
      hold,
      fleet,
      vehicle: vehicle[1],
      driver: driver[1],
      status: 'pending',
      secondsLeft: 45,
    });
  }
}

/** The order's offers are told, unless this closes the search. Then the transporter's own offer is looked at. */
function transitOnceAssigned(model: Model, line: Omit<Line, 'kind'>, tells: () => void): void {
  const order = at(model.orders, line.order);
  if (order.trucks.some(({ status }) => status !== 'assigned')) {
    tells();
    model.refreshes.push(line);
  }
  transit(order);
}

// What each action does, and what is answered.

/** What may come of an action: usually one thing. */
interface Outcome {
  readonly after: Model;
  readonly answer: string;
}

/** What an action does when nobody else does anything. The model that is given stays as it is. */
function step(model: Model, action: Action): readonly Outcome[] {
  const one = (does: (after: Model) => string): readonly Outcome[] => {
    const after = structuredClone(model);
    const answer = does(after);
    return [{ after, answer }];
  };
  switch (action.does) {
    case 'place':
      return one((after) => place(after, action));
    case 'wave':
      return one((after) => beginWave(after, action));
    case 'hold':
      return one((after) => hold(after, action));
    case 'release':
      return one((after) => release(after, action));
    case 'confirm':
      return one((after) => confirm(after, action));
    case 'take':
      return one((after) => take(after, action));
    case 'decline':
      return one((after) => decline(after, action));
    case 'say yes':
    case 'say no':
      return one((after) => say(after, action));
    case 'give up':
      return one((after) => giveUp(after, action));
    case 'cancel':
      return one((after) => cancel(after, action.order));
    case 'pass':
      return one((after) => pass(after, action));
    case 'search-deadline':
      return one(({ orders }) => endIfOverdue(at(orders, action.order)));
    case 'answer-deadline':
      return one((after) => {
        meetDeadlines(after, action.order);
        return 'done';
      });
    case 'reconcile':
      return reconcile(model);
    case 'settle':
      return one(settle);
    case 'forget':
      return one((after) => {
        after.remembered = [];
        return 'done';
      });
    case 'see order':
      return one(({ orders }) => {
        endIfOverdue(at(orders, action.order));
        return shownOrder(at(orders, action.order));
      });
    case 'see trips':
      return one((after) => {
        const [fleet, driver] = action.driver;
        const asked = after.assignments.find(
          (each) => each.fleet === fleet && each.driver === driver && isSilent(each),
        );
        if (asked) meetDeadlines(after, asked.order);
        return tripsOf(after, action.driver);
      });
    default:
      return unknown(action);
  }
}

function unknown(action: never): never {
  throw new Error(`The model knows nothing of ${JSON.stringify(action)}`);
}

type Does<Name extends Action['does']> = Extract<Action, { readonly does: Name }>;

function endIfOverdue(order: Order): string {
  if (isOverdue(order)) endSearch(order);
  return 'done';
}

function place({ orders }: Model, { customer, trucks }: Does<'place'>): string {
  for (const order of orders) if (order.customer === customer) endIfOverdue(order);
  if (orders.some((order) => order.customer === customer && order.isOpen)) {
    return 'ACTIVE_ORDER_EXISTS';
  }
  orders.push({
    customer,
    trucks: trucks.map((kind) => ({ kind, status: 'searching', hold: null })),
    offers: [],
    status: 'broadcasting',
    isOpen: true,
    secondsLeft: 60,
    wave: 0,
    version: 1,
    reason: null,
    wasSeen: false,
  });
  return 'placed';
}

function beginWave(model: Model, { order: number, wave }: Does<'wave'>): string {
  const order = at(model.orders, number);
  if (!order.isOpen || isOverdue(order) || order.wave >= wave) return 'done';
  // Who is near is found before the order is locked: a truck that a lapsed hold gives back is for the next wave.
  const sought = kinds.filter((kind) => searching(order, kind).length > 0);
  meetDeadlines(model, number);
  for (const [fleet, { km, vehicles }] of model.fleets.entries()) {
    const isNew = offerOf(order, fleet) === undefined;
    const isSeen = km <= at(radiusKm, wave) && sought.some((kind) => vehicles.includes(kind));
    if (!isNew || !isSeen) continue;
    order.wasSeen = true;
    const told = sought.filter(
      (kind) => searching(order, kind).length > 0 && freeTrucks(model, fleet, kind) > 0,
    );
    if (told.length > 0) order.offers.push({ fleet, isLive: true, told });
  }
  order.wave = wave;
  transit(order);
  return 'done';
}

/** Whoever can take no trucks learns why. */
function refusal(model: Model, { order: number, fleet, kind }: Line, quantity: number) {
  const order = at(model.orders, number);
  const own = activeHolds(model, fleet);
  const lapses = model.holds.filter((each) => each.fleet === fleet && each.status === 'lapsed');
  if (!order.isOpen) return 'ORDER_INACTIVE';
  if (!isOfferedTo(order, fleet)) return 'ORDER_NOT_FOUND';
  if (own.some((each) => each.order === number && each.kind === kind && !each.afterNo)) {
    return 'ALREADY_HOLDING';
  }
  if (lapses.length > 1 && trucksIn(own) + quantity > 1) return 'HOLDS_LIMITED';
  const most = Math.min(searching(order, kind).length, freeTrucks(model, fleet, kind));
  return quantity > most ? 'NOT_ENOUGH_AVAILABLE' : undefined;
}

function hold(model: Model, asked: Does<'hold'>): string {
  const { order: number, fleet, kind, quantity, key } = asked;
  const [intent, body] = [`${fleet} ${key}`, `${number} ${kind} ${quantity}`];
  const before = key === '' ? undefined : model.remembered.find((each) => each.intent === intent);
  if (before) return before.body === body ? before.answer : 'IDEMPOTENCY_CONFLICT';
  const order = at(model.orders, number);
  if (!offerOf(order, fleet)) return 'ORDER_NOT_FOUND';
  meetDeadlines(model, number);
  const same = activeHolds(model, fleet).find(
    (each) => key !== '' && each.key === key && each.order === number && each.kind === kind,
  );
  if (same && same.quantity !== quantity) return 'IDEMPOTENCY_CONFLICT';
  if (!same) {
    const refused = refusal(model, asked, quantity);
    if (refused) return refused;
    if (freeTrucks(model, fleet, kind) === quantity) model.changed.push(asked);
    const made = { order: number, fleet, kind, quantity, key, afterNo: false, secondsLeft: 90 };
    makeHold(model, made, searching(order, kind).slice(0, quantity));
    tellTaken(model, asked);
    transit(order);
  }
  const answer = `held ${quantity}, ${order.version}`;
  if (key !== '') model.remembered.push({ intent, body, answer });
  return answer;
}

function release(model: Model, { fleet, hold: number }: Does<'release'>): string {
  const mine = at(model.holds, number);
  if (mine.fleet !== fleet) return 'HOLD_NOT_FOUND';
  meetDeadlines(model, mine.order);
  if (mine.status === 'confirmed') return 'TRUCK_STATE_CHANGED';
  if (mine.status === 'active') endHold(model, number, 'released');
  return '200';
}

/** All vehicles must be the transporter's own, of the kind, and free; all drivers its own, and free; and no one twice. */
function areFit(model: Model, { fleet, kind }: Omit<Line, 'order'>, pairs: readonly Pair[]) {
  const isOwn = (pair: Pair) => pair.vehicle[0] === fleet && pair.driver[0] === fleet;
  const isFree = ({ vehicle, driver }: Pair) =>
    isVehicleFree(model, vehicle) && isDriverFree(model, driver);
  const isOfKind = ({ vehicle: [owner, which] }: Pair) =>
    at(at(model.fleets, owner).vehicles, which) === kind;
  const all = (which: (pair: Pair) => Person) => new Set(pairs.map((pair) => which(pair).join()));
  return (
    pairs.every((pair) => isOwn(pair) && isFree(pair) && isOfKind(pair)) &&
    all(({ vehicle }) => vehicle).size === pairs.length &&
    all(({ driver }) => driver).size === pairs.length
  );
}

const isCrew = ({ fleet, vehicle, driver }: Assignment, pair: Pair) =>
  pair.vehicle.join() === [fleet, vehicle].join() && pair.driver.join() === [fleet, driver].join();

function confirm(model: Model, { fleet, hold: number, pairs }: Does<'confirm'>): string {
  const mine = at(model.holds, number);
  if (mine.fleet !== fleet) return 'HOLD_NOT_FOUND';
  meetDeadlines(model, mine.order);
  const order = at(model.orders, mine.order);
  if (mine.status === 'confirmed') {
    const made = model.assignments.filter((each) => each.hold === number);
    const isMade = (pair: Pair) => made.some((each) => isCrew(each, pair));
    const isSame = pairs.length === made.length && pairs.every(isMade);
    return isSame ? `assigned ${made.length}` : 'TRUCK_STATE_CHANGED';
  }
  if (mine.status !== 'active') return 'HOLD_EXPIRED';
  if (pairs.length > mine.quantity || !areFit(model, mine, pairs)) return 'CONFIRM_FAILED';
  const held = order.trucks.filter((truck) => truck.hold === number);
  mine.status = 'confirmed';
  assign(model, number, held, pairs);
  const rest = held.slice(pairs.length);
  giveBack(order, rest);
  if (rest.length > 0) model.changed.push(mine);
  transitOnceAssigned(model, mine, () => {
    if (rest.length > 0) tellAgain(model, mine.order);
  });
  return `assigned ${pairs.length}`;
}

/** Hold and confirm in one step. */
function take(model: Model, { fleet, order: number, pair }: Does<'take'>): string {
  const order = at(model.orders, number);
  const kind = at(at(model.fleets, fleet).vehicles, pair.vehicle[1]);
  if (!offerOf(order, fleet)) return 'ORDER_NOT_FOUND';
  meetDeadlines(model, number);
  const isDone = model.assignments.some(
    (each) => isUnderWay(each) && each.order === number && isCrew(each, pair),
  );
  if (isDone) return 'taken before';
  const line = { order: number, fleet, kind };
  const refused = refusal(model, line, 1);
  if (refused) return refused;
  if (!areFit(model, line, [pair])) return 'CONFIRM_FAILED';
  if (freeTrucks(model, fleet, kind) === 1) model.changed.push(line);
  const truck = searching(order, kind).slice(0, 1);
  const made = { ...line, quantity: 1, key: '', afterNo: false };
  model.holds.push({ ...made, status: 'confirmed', secondsLeft: 0 });
  assign(model, model.holds.length - 1, truck, [pair]);
  transitOnceAssigned(model, line, () => tellTaken(model, line));
  return 'taken';
}

function decline(model: Model, { fleet, order: number }: Does<'decline'>): string {
  const order = at(model.orders, number);
  const offer = offerOf(order, fleet);
  if (!offer) return 'ORDER_NOT_FOUND';
  meetDeadlines(model, number);
  if (!offer.isLive) return '200';
  if (activeHolds(model, fleet).some((each) => each.order === number)) return 'ALREADY_HOLDING';
  offer.isLive = false;
  transit(order);
  return '200';
}

function say(model: Model, { does, assignment, driver }: Does<'say yes' | 'say no'>): string {
  const asked = at(model.assignments, assignment);
  const isAsked = asked.fleet === driver[0] && asked.driver === driver[1];
  if (!isAsked) return 'ASSIGNMENT_NOT_FOUND';
  meetDeadlines(model, asked.order);
  const said = does === 'say yes' ? 'driver_accepted' : 'driver_declined';
  if (asked.status === said) return '200';
  if (asked.status === 'timed_out') return 'ASSIGNMENT_TIMED_OUT';
  if (asked.status !== 'pending') return 'INVALID_ASSIGNMENT_STATE';
  if (said === 'driver_declined') {
    loseDriver(model, asked, said);
  } else {
    asked.status = said;
    transit(at(model.orders, asked.order));
  }
  return '200';
}

function giveUp(model: Model, { assignment, by }: Does<'give up'>): string {
  const given = at(model.assignments, assignment);
  const isBy =
    typeof by === 'number' ? given.fleet === by : given.fleet === by[0] && given.driver === by[1];
  if (!isBy) return 'ASSIGNMENT_NOT_FOUND';
  meetDeadlines(model, given.order);
  if (isUnderWay(given)) loseDriver(model, given, 'cancelled');
  return given.status === 'cancelled' ? '200' : 'INVALID_ASSIGNMENT_STATE';
}

function cancel(model: Model, number: number): string {
  const order = at(model.orders, number);
  meetDeadlines(model, number);
  if (isLive(order)) {
    const holds = model.holds.filter((each) => each.order === number && each.status === 'active');
    const drivers = model.assignments.filter((each) => each.order === number && isUnderWay(each));
    for (const each of [...holds, ...drivers]) {
      each.status = 'cancelled';
      model.changed.push({ fleet: each.fleet, kind: null });
    }
    for (const truck of order.trucks) {
      if (truck.status !== 'expired') truck.status = 'cancelled';
      truck.hold = null;
    }
    transit(order, { closes: true, cancels: true });
  }
  return `${order.status} ${order.version}`;
}

function pass(model: Model, { order: number, of, seconds }: Does<'pass'>): string {
  const order = at(model.orders, number);
  if (of === 'search') {
    order.secondsLeft -= seconds;
  } else {
    const theirs = [...model.holds, ...model.assignments].filter((each) => each.order === number);
    for (const each of theirs) each.secondsLeft -= seconds;
  }
  return 'done';
}

/** Searches end first. Then the other deadlines are met, order by order, in whichever sequence. */
function reconcile(before: Model): readonly Outcome[] {
  const model = structuredClone(before);
  for (const order of model.orders) endIfOverdue(order);
  const due = [...model.holds.filter(hasLapsed), ...model.assignments.filter(isSilent)];
  const orders = [...new Set(due.map(({ order }) => order))];
  return sequencesOf(orders).map((sequence) => {
    const after = structuredClone(model);
    for (const order of sequence) meetDeadlines(after, order);
    return { after, answer: 'done' };
  });
}

function sequencesOf<T>(those: readonly T[]): readonly (readonly T[])[] {
  if (those.length === 0) return [[]];
  return those.flatMap((first) =>
    sequencesOf(those.filter((other) => other !== first)).map((rest) => [first, ...rest]),
  );
}

/** Dispatch does what is on its queue, until nothing is left. A transporter is told of an offer whose kinds changed. */
function settle(model: Model): string {
  for (;;) {
    const { changed } = model;
    const refreshes = model.refreshes.toSorted(
      (one, other) => one.fleet - other.fleet || one.order - other.order,
    );
    if (changed.length + refreshes.length === 0) return 'done';
    [model.changed, model.refreshes] = [[], []];
    for (const { fleet, kind } of changed) {
      for (const [order, each] of model.orders.entries()) {
        const isAbout =
          kind === null ||
          searching(each, kind).length > 0 ||
          offerOf(each, fleet)?.told.includes(kind) === true;
        if (isOfferedTo(each, fleet) && isAbout) model.refreshes.push({ fleet, order });
      }
    }
    for (const each of refreshes) refresh(model, each);
  }
}

function refresh(model: Model, { fleet, order: number }: { fleet: number; order: number }): void {
  const order = at(model.orders, number);
  meetDeadlines(model, number);
  const offer = offerOf(order, fleet);
  const now = kindsOf(linesOf(model, { order: number, fleet }));
  if (!offer?.isLive || offer.told.join() === now.join()) return;
  offer.told = now;
  transit(order);
}

export interface Told {
  readonly action: Action;
  readonly answer: string;
}

/**
 * What there may be after one or several did something at once: as if one after the other had done it, in any sequence
 * that explains what they were told.
 */
export function explanationsOf(model: Model, told: readonly Told[], all = told): readonly Model[] {
  if (told.length === 0) return [model];
  return told.flatMap((each) => {
    const rest = told.filter((other) => other !== each);
    const plain = step(model, each.action)
      .filter(({ answer }) => answer === each.answer)
      .flatMap(({ after }) => explanationsOf(after, rest, all));
    const nothing = isPolite(each, all) ? explanationsOf(model, rest, all) : [];
    return [...plain, ...nothing];
  });
}

/** P3: who is in another's way, or uses a key twice at once, may be told so, and then has done nothing. */
function isPolite({ action, answer }: Told, all: readonly Told[]): boolean {
  return all.some(({ action: other }) => {
    if (other === action) return false;
    if (action.does === 'place' && other.does === 'place') {
      return answer === 'CONCURRENT_REQUEST' && other.customer === action.customer;
    }
    if (action.does !== 'hold' || other.does !== 'hold' || action.key === '') return false;
    const isRival = other.key === action.key && other.fleet === action.fleet;
    return isRival && (answer === 'CONCURRENT_REQUEST' || answer === 'IDEMPOTENCY_CONFLICT');
  });
}
