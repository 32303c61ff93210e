/** Somebody was faster while a batch was decided: they made the same key, or logged in. The batch begins again. */
export class Overtaken extends Error {
  constructor(options?: ErrorOptions) {
    super('Others keep changing the same rows here. Run it again.', options);
  }
}
