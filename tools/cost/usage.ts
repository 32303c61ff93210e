import * as z from 'zod';

const Amount = z.number().nonnegative();
const each = z.record(z.string(), Amount);

/** What is used of AWS once a part of the journey was lived once. */
export const Usage = z.strictObject({
  /** Requests to the HTTP API. */
  requests: Amount,
  /** Bytes of its answers' bodies. */
  answerBytes: Amount,
  /** Posts to sockets, by the functions. */
  posts: Amount,
  /** How often each function ran. */
  invocations: each,
  /** How long one of its runs took, on average and on the machine that measured. */
  milliseconds: each,
  /** Calls by operation, and the units that they are billed by. */
  dynamoCalls: each,
  dynamoReads: Amount,
  dynamoWrites: Amount,
  /** Requests to SQS by functions. Those of Lambda's own pollers follow from the invocations. */
  queueRequests: Amount,
  queueBytes: Amount,
  domainEvents: Amount,
  sms: Amount,
  pushes: Amount,
  secretReads: Amount,
  /** Commands that Redis ran, those inside scripts included. */
  redisCommands: Amount,
  /** PostgreSQL's transactions, and what they wrote to its log. */
  transactions: Amount,
  walBytes: Amount,
  /** Bytes and lines that the functions logged. */
  logBytes: Amount,
  logLines: Amount,
});
export type Usage = z.output<typeof Usage>;

/** The parts of a journey that are measured one by one (tools/cost/journey.ts says how often each comes). */
export const partNames = [
  'login',
  'refresh',
  'connect',
  'order',
  'late',
  'status',
  'arrivals',
  'booking-map',
  'fleet-map',
  'trip-map',
  'positions',
  'feed',
  'driver-poll',
  'heartbeat',
  'ping',
  'reconcile',
] as const;
export type PartName = (typeof partNames)[number];

export const Measured = z.strictObject({
  about: z.string(),
  parts: z.record(z.enum(partNames), Usage),
});
export type Measured = z.output<typeof Measured>;

/** Of those parts that were lived. */
export type Parts = Partial<Measured['parts']>;
