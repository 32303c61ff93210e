import { Client } from '@weelo/data';
import { isUnanswered } from './postgres-errors.ts';

/**
 * A connection that is closed when one of its statements is not answered in time. Otherwise a ROLLBACK behind that
 * statement would wait as long again, and then pg's pool would give the broken connection to the next caller.
 */
export class ImpatientClient extends Client {
  override query = new Proxy(super.query.bind(this), {
    apply: (query, _, args) => {
      const asked: unknown = Reflect.apply(query, this, args);
      // A call without a promise comes from the pool, and the pool drops a connection that fails.
      if (asked instanceof Promise)
        asked.catch((error: unknown) => this.#closeUnlessAnswered(error));
      return asked;
    },
  });

  #closeUnlessAnswered(error: unknown): void {
    if (isUnanswered(error)) void this.end();
  }
}
