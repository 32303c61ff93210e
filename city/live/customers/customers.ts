import type { PlannedOrder } from '../../world/orders.ts';
import { logIn, type Account, type Town } from '../api/account.ts';
import { Line } from '../api/line.ts';
import type { HeardLog } from '../heard-log.ts';
import { nameOf, phoneOf, type Whose } from '../people.ts';
import type { Scene } from '../scene.ts';
import { orderAndWatch } from './customer.ts';

interface CustomersProps {
  readonly town: Town;
  readonly whose: Whose;
  readonly scene: Scene;
  readonly heardLog: HeardLog;
  readonly orders: readonly PlannedOrder[];
  readonly everySeconds: number;
}

/** As many as there are phone numbers for. */
const most = 900;

/** The customers of the city: one after the other places what the world has planned. Who waits for an order places no other. */
export class Customers {
  readonly #props: CustomersProps;
  readonly #idle: Account[] = [];
  #known = 0;
  #placed = 0;

  constructor(props: CustomersProps) {
    this.#props = props;
  }

  start(): void {
    setInterval(() => void this.#next(), this.#props.everySeconds * 1000);
  }

  async #next(): Promise<void> {
    const { orders, scene } = this.#props;
    const planned = orders[this.#placed % orders.length];
    this.#placed += 1;
    try {
      const account = this.#idle.shift() ?? (await this.#another());
      if (!account || !planned) return;
      await orderAndWatch(account, planned).finally(() => this.#idle.push(account));
    } catch (error) {
      scene.problem(error);
    }
  }

  async #another(): Promise<Account | undefined> {
    const { town, whose, heardLog } = this.#props;
    if (this.#known >= most) return undefined;
    const index = this.#known;
    this.#known += 1;
    const account = await logIn(town, 'customer', phoneOf(whose, 'customer', index));
    const body = { name: nameOf(whose, 'customer', index) };
    await account.tell({ method: 'PUT', path: '/api/v1/profile/customer', body });
    const onHeard = heardLog.of('customer', account.userId);
    new Line({ origin: town.api.origin, account, onHeard }).open();
    return account;
  }
}
