import { Client } from '@weelo/data';
import { isUnanswered } from './postgres-errors.ts';

/**
 * A connection that is closed when one of its statements is not answered in time. What is sent behind such a
 * statement is not answered either: a ROLLBACK waits as long again, and then pg's pool would lend the connection to
 * the next who asks.
 */
export class ImpatientClient extends Client {
  override query = new Proxy(super.query.bind(this), {
    apply: (query, _, args) => {
      const asked: unknown = Reflect.apply(query, this, args);
      // Without a promise it is the pool that asks, and the pool drops a connection that failed it.
      if (asked instanceof Promise)
        asked.catch((error: unknown) => this.#closeUnlessAnswered(error));
      return asked;
    },
  });

  #closeUnlessAnswered(error: unknown): void {
    if (isUnanswered(error)) void this.end();
  }
}
