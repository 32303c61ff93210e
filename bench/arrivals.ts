/** Later than the last delivery of a message. */
const lateMs = 150_000;

/** Waits for events on their way to many sockets. */
export class Arrivals {
  readonly #awaited = new Map<string, () => void>();

  /** How many milliseconds it takes from now on until so many have heard the event. An event that is lost is an error. */
  of(eventId: string, by: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const begun = performance.now();
    const late = setTimeout(() => {
      this.#awaited.delete(eventId);
      reject(new Error(`The event ${eventId} did not reach ${left} of ${by} sockets`));
    }, lateMs).unref();
    let left = by;
    this.#awaited.set(eventId, () => {
      left -= 1;
      if (left > 0) return;
      clearTimeout(late);
      this.#awaited.delete(eventId);
      resolve(performance.now() - begun);
    });
    return promise;
  }

  /** A socket has heard an event. */
  hear(eventId: string): void {
    this.#awaited.get(eventId)?.();
  }
}
