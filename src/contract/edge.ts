import * as z from 'zod';

/** Headers by which the edge speaks to our functions. What a client writes into them never arrives. */
export const edgeHeaders = {
  /** Shows that a request came through the edge. */
  secret: 'x-weelo-edge-secret',
  /** The client's IP address, as the edge saw it. */
  address: 'x-weelo-client-address',
} as const;

/** Two values are accepted at a time, so that one can be replaced while the edge sends the other. */
export const edgeSecretValues = ['first', 'second'] as const;
export type EdgeSecretValue = (typeof edgeSecretValues)[number];

/** Empty: nobody sends this one at the moment. */
const Value = z.string().regex(/^([A-Za-z0-9]{32,})?$/);

/** The secret that the edge and the functions share. */
export const EdgeSecret = z.object({ first: Value, second: Value });

/** What a function reads in the place of the secret's ARN in a stage without an edge. */
export const withoutEdge = 'none';
