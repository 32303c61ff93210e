import * as z from 'zod';

/** Later than any delivery of a message that is tried again. */
const lateMs = 90_000;

const Offer = z.object({ orderId: z.string() });

/** Which captains have heard of which orders, and when. */
export class OffersHeard {
  readonly #each: number;
  readonly #heard = new Map<string, { readonly userId: string; readonly at: number }[]>();
  readonly #awaited = new Map<string, () => void>();

  /** To how many each order is offered. */
  constructor(each: number) {
    this.#each = each;
  }

  hear(data: unknown, userId: string): void {
    const { orderId } = Offer.parse(data);
    const heard = this.#of(orderId);
    heard.push({ userId, at: performance.now() });
    this.#heard.set(orderId, heard);
    if (heard.length >= this.#each) this.#awaited.get(orderId)?.();
  }

  /** When the last of those whom an order is offered to has heard of it: perhaps before its customer had the answer. */
  async lastOf(orderId: string): Promise<number> {
    if (this.#of(orderId).length < this.#each) await this.#untilAllHave(orderId);
    return Math.max(...this.#of(orderId).map(({ at }) => at));
  }

  /** Nothing was lost, and nothing doubled: to so many captains each order was offered, once each. */
  check(orderIds: readonly string[]): void {
    for (const orderId of orderIds) {
      const heard = this.#of(orderId).map(({ userId }) => userId);
      if (heard.length === this.#each && new Set(heard).size === this.#each) continue;
      throw new Error(`The order ${orderId} was offered to: ${heard.join(', ')}`);
    }
  }

  #of(orderId: string) {
    return this.#heard.get(orderId) ?? [];
  }

  #untilAllHave(orderId: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = setTimeout(() => {
      const heard = this.#of(orderId).length;
      reject(new Error(`The order ${orderId} reached ${heard} of ${this.#each} captains`));
    }, lateMs).unref();
    this.#awaited.set(orderId, () => {
      clearTimeout(late);
      this.#awaited.delete(orderId);
      resolve();
    });
    return promise;
  }
}
