/** `T` with every optional property allowed to be there and undefined. */
type Loosely<T> = { [Name in keyof T]: T[Name] | undefined };

/**
 * The CDK's classes declare as `x: T | undefined` what their interfaces declare as `x?: T`, which
 * exactOptionalPropertyTypes tells apart. This names the interface that a class implements.
 */
export function exactly<T>(made: Loosely<T>): T;
export function exactly(made: unknown): unknown {
  return made;
}
