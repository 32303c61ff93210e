/** `T`, but every property may be `undefined`. */
type Loosely<T> = { [Name in keyof T]: T[Name] | undefined };

/**
 * Converts an instance of a CDK class to the interface that the class implements. The classes declare
 * `x: T | undefined` where their interfaces declare `x?: T`, and exactOptionalPropertyTypes does not allow that.
 */
export function exactly<T>(made: Loosely<T>): T;
export function exactly(made: unknown): unknown {
  return made;
}
