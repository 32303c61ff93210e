import type { CityView, OrderSeen } from '../../../../city/live/view.ts';

const part = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no ${id}`);
  return element;
};

/** What is the same is not written again: a screen reader reads out what changes. */
function write(element: Element | null | undefined, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

const counters = [
  'orders',
  'offers',
  'declined',
  'holds',
  'assigned',
  'dropped',
  'delivered',
  'notFound',
] as const;

const stateWords: Readonly<Record<OrderSeen['state'], string>> = {
  searching: 'Searching',
  'on the road': 'On the road',
  delivered: 'Delivered',
  'not found': 'No truck found',
  cancelled: 'Cancelled',
};

/** The words beside the map. */
export class Panel {
  readonly #onChosen: (order: OrderSeen) => void;
  #orders: readonly OrderSeen[] = [];

  constructor(onChosen: (order: OrderSeen) => void) {
    this.#onChosen = onChosen;
    part('orders').addEventListener('click', ({ target }) => {
      const id = target instanceof Element ? target.closest('button')?.dataset['order'] : undefined;
      const chosen = this.#orders.find((each) => each.id === id);
      if (chosen) this.#onChosen(chosen);
    });
  }

  notice(text: string): void {
    write(part('notice'), text);
  }

  show(view: CityView): void {
    write(part('city'), view.name);
    write(part('online'), onlineWords(view));
    for (const name of counters) write(part(`count-${name}`), String(view.counts[name]));
    this.#orders = view.orders.toReversed();
    this.#writeOrders(view);
    this.notice(this.#orders.length === 0 ? 'No order yet. Place one: README.md says how.' : '');
  }

  #writeOrders(view: CityView): void {
    const list = part('orders');
    const now = Date.parse(view.now);
    while (list.children.length > this.#orders.length) list.lastElementChild?.remove();
    for (const [index, order] of this.#orders.entries()) {
      const item = list.children[index] ?? list.appendChild(emptyItem());
      const [button] = item.children;
      if (!(button instanceof HTMLButtonElement)) continue;
      button.dataset['order'] = order.id;
      button.dataset['state'] = order.state;
      const [state, customer, facts] = button.children;
      write(state, stateWords[order.state]);
      write(customer, `${customerWords(order)} · ${ageWords(now - Date.parse(order.createdAt))}`);
      write(facts, factsOf(order, view));
    }
  }
}

function emptyItem(): HTMLElement {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  for (const name of ['state', 'customer', 'facts']) {
    const line = document.createElement('span');
    line.className = name;
    button.append(line);
  }
  item.append(button);
  return item;
}

const onlineWords = ({ online, captains, trucks }: CityView) =>
  `${online} of ${captains.length} captains online, ${trucks.length} trucks`;

const customerWords = ({ customer, meaning }: OrderSeen) =>
  meaning === undefined ? customer : `${customer}: ${meaning}`;

function factsOf(order: OrderSeen, view: CityView): string {
  const asked = order.offers.length;
  const waves = Math.max(0, ...order.offers.map(({ wave }) => wave));
  const count = (state: string) => order.offers.filter((each) => each.state === state).length;
  const driving = view.trucks.find(
    ({ orderId, state }) => orderId === order.id && state !== 'asked',
  );
  const facts = [
    `${asked} asked in ${waves} ${waves === 1 ? 'wave' : 'waves'}`,
    ...(count('declined') > 0 ? [`${count('declined')} declined`] : []),
    ...(count('held') > 0 ? ['held'] : []),
    ...(order.assigned > 0 ? [`${order.assigned} of ${order.needed} trucks`] : []),
    ...(driving && order.endedAt === undefined
      ? [driving.silent ? 'no network' : driving.state]
      : []),
  ];
  return facts.join(' · ');
}

function ageWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s ago` : `${Math.floor(seconds / 60)} min ago`;
}
