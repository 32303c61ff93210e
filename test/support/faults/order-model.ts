/** What somebody does; `who` is the one or the other of two customers. Keys are each customer's own. */
export type Action = Placing | OfOrder | OfCustomer | { readonly does: 'reconcile' | 'forget' };

export interface Placing {
  readonly does: 'place';
  readonly who: number;
  readonly key: string;
  readonly body: string;
  /** Which of four environments serves it; in two of them no lock holds. */
  readonly replica: number;
}

export interface OfOrder {
  /** Who snoops looks at the other's. */
  readonly does: 'cancel' | 'read' | 'deadline' | 'snoop';
  readonly who: number;
  readonly key: string;
}

export interface OfCustomer {
  readonly does: 'list' | 'active' | 'pass';
  readonly who: number;
}

interface Order {
  readonly key: string;
  readonly body: string;
  readonly status: 'broadcasting' | 'cancelled' | 'expired';
  readonly version: number;
}

/** All that there is to know of two customers, as anybody can see it: what is overdue has expired. */
export interface Model {
  /** Of each customer, the newest last. */
  readonly orders: readonly (readonly Order[])[];
  /** Which intents the idempotency table knows: `who key`. */
  readonly remembered: readonly string[];
}

export const nothing: Model = { orders: [[], []], remembered: [] };

interface Step {
  readonly after: Model;
  /** What can be answered. */
  readonly answers: readonly string[];
}

const open = ({ status }: Order) => status === 'broadcasting';
const shown = ({ status, version }: Order) => `${status} ${version}`;
const ordersOf = (model: Model, who: number) => model.orders[who] ?? [];
const orderOf = (model: Model, who: number, key: string) =>
  ordersOf(model, who).find((order) => order.key === key);

/** Whether there is what it is about. */
export function isPossible(model: Model, action: Action): boolean {
  if (action.does === 'pass') return ordersOf(model, action.who).some(open);
  if (!('key' in action) || action.does === 'place') return true;
  const owner = action.does === 'snoop' ? 1 - action.who : action.who;
  return orderOf(model, owner, action.key) !== undefined;
}

/** What an action does when nobody else does anything. */
function step(model: Model, action: Action): Step {
  const same = (answer: string): Step => ({ after: model, answers: [answer] });
  switch (action.does) {
    case 'place':
      return place(model, action);
    case 'cancel': {
      const after = end(model, action.who, 'cancelled', ({ key }) => key === action.key);
      const order = orderOf(after, action.who, action.key);
      return { after, answers: [order ? shown(order) : 'ORDER_NOT_FOUND'] };
    }
    case 'read': {
      const order = orderOf(model, action.who, action.key);
      return same(order ? shown(order) : 'ORDER_NOT_FOUND');
    }
    case 'list':
      return same(ordersOf(model, action.who).map(shown).toReversed().join(', '));
    case 'active':
      return same(ordersOf(model, action.who).find(open)?.key ?? 'none');
    case 'pass':
      return { after: end(model, action.who, 'expired', () => true), answers: ['done'] };
    case 'forget':
      return { after: { ...model, remembered: [] }, answers: ['done'] };
    case 'snoop':
      return same('ORDER_NOT_FOUND');
    case 'deadline':
    case 'reconcile':
      return same('done');
    default:
      return unknown(action);
  }
}

function unknown(action: never): never {
  throw new Error(`The model knows nothing of ${JSON.stringify(action)}`);
}

function place(model: Model, { who, key, body }: Placing): Step {
  const intent = `${who} ${key}`;
  const before = orderOf(model, who, key);
  const remembered = [...model.remembered, intent];
  if (before && before.body !== body) {
    return { after: model, answers: ['IDEMPOTENCY_CONFLICT'] };
  }
  if (before) return { after: { ...model, remembered }, answers: [`placed ${key}`] };
  const searching = ordersOf(model, who).find(open);
  if (searching) return { after: model, answers: [`ACTIVE_ORDER_EXISTS ${searching.key}`] };
  const placed: Order = { key, body, status: 'broadcasting', version: 1 };
  const orders = model.orders.map((theirs, i) => (i === who ? [...theirs, placed] : theirs));
  return { after: { ...model, orders, remembered }, answers: [`placed ${key}`] };
}

function end(
  model: Model,
  who: number,
  status: 'cancelled' | 'expired',
  which: (order: Order) => boolean,
): Model {
  const ended = (order: Order) =>
    open(order) && which(order) ? { ...order, status, version: order.version + 1 } : order;
  const orders = model.orders.map((theirs, i) => (i === who ? theirs.map(ended) : theirs));
  return { ...model, orders };
}

export interface Told {
  readonly action: Action;
  readonly answer: string;
}

/**
 * What there is after several did something at once: as if one after the other had done it, in whichever order
 * explains what they were told. Nothing, if none does.
 */
export function explain(model: Model, told: readonly Told[], all = told): Model | undefined {
  if (told.length === 0) return model;
  for (const each of told) {
    const rest = told.filter((other) => other !== each);
    const { after, answers } = step(model, each.action);
    const plain = answers.includes(each.answer) ? explain(after, rest, all) : undefined;
    const found = plain ?? (isPolite(each, all) ? explain(model, rest, all) : undefined);
    if (found) return found;
  }
  return undefined;
}

/** P3: who is in another's way may be told so, and then has done nothing. */
function isPolite({ action, answer }: Told, all: readonly Told[]): boolean {
  if (action.does !== 'place') return false;
  const rivals = all.flatMap(({ action: other }) =>
    other !== action && other.does === 'place' && other.who === action.who ? [other] : [],
  );
  if (answer === 'CONCURRENT_REQUEST') return rivals.length > 0;
  const unlike = rivals.some(({ key, body }) => key === action.key && body !== action.body);
  return answer === 'IDEMPOTENCY_CONFLICT' && unlike;
}
