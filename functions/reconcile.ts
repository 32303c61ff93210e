import { readEnvironment } from '../src/contract/functions.ts';
import { openEndedSessions } from '../src/identity/sessions/ended-sessions.ts';
import { tellEndedSessions } from '../src/identity/sessions/end-sessions.ts';
import { forgetSessions } from '../src/identity/sessions/forget-sessions.ts';
import { openSessionMirror } from '../src/identity/sessions/session-mirror.ts';
import { forgetRelayed } from '../src/platform/outbox/relay-store.ts';
import { reportOutbox } from '../src/platform/outbox/relay-events.ts';
import { openWakefulness } from '../src/platform/postgres/wakefulness.ts';
import { inBatches } from '../src/platform/batches.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { forgetOldSpeeds } from '../src/trips/eta/speeds-store.ts';
import { forgetPositions } from '../src/trips/keeping/forget-positions.ts';
import { warnOfExpiry } from '../src/trips/papers/warn-of-expiry.ts';
import { forgetShares } from '../src/trips/sharing/share-order.ts';
import { scheduleFunction, type Repair } from './edge/schedule-function.ts';
import { orderDepsFrom } from './wiring/orders.ts';
import { urgentRepairs } from './wiring/repairs.ts';
import { redisFrom, unnotedPostgresFrom } from './wiring/stores.ts';

const env = readEnvironment('reconcile', process.env);
const redis = redisFrom(env);
const { read: readSecret } = openSecrets();
const postgres = unnotedPostgresFrom(env, readSecret, clock);
const orders = { ...orderDepsFrom(env, redis, readSecret, clock), postgres };
const table = openStateTable(env.STATE_TABLE, clock);
const endedSessions = openEndedSessions(table, clock);
const wakefulness = openWakefulness(table, clock);
const { queues } = orders;
const sessions = { postgres, table, endedSessions, queues, mirror: openSessionMirror(redis) };

const repairs = {
  ...urgentRepairs(orders),
  warnOfExpiry: (timeLeftMs) => inBatches(50, timeLeftMs, (most) => warnOfExpiry(most, orders)),
  forgetPositions: (timeLeftMs) =>
    inBatches(500, timeLeftMs, (most) => forgetPositions(most, orders)),
  forgetShares: (timeLeftMs) => inBatches(500, timeLeftMs, (most) => forgetShares(most, orders)),
  forgetSpeeds: (timeLeftMs) =>
    inBatches(1000, timeLeftMs, (most) => postgres.run((db) => forgetOldSpeeds(db, most))),
  reportOutbox: async () => {
    await reportOutbox(orders);
    return 0;
  },
  tellEndedSessions: (timeLeftMs) =>
    inBatches(100, timeLeftMs, (most) => tellEndedSessions(most, sessions)),
  forgetSessions: (timeLeftMs) =>
    inBatches(100, timeLeftMs, (most) => forgetSessions(most, sessions)),
  forgetEvents: (timeLeftMs) =>
    inBatches(1000, timeLeftMs, (most) => postgres.run((db) => forgetRelayed(db, most))),
} satisfies Readonly<Record<string, Repair>>;

export const handler = scheduleFunction(
  repairs,
  env.DATABASE_SLEEPS === 'yes' ? wakefulness : undefined,
);
