import { readEnvironment } from '../src/contract/functions.ts';
import { openEndedSessions } from '../src/identity/ended-sessions.ts';
import { tellEndedSessions } from '../src/identity/end-sessions.ts';
import { openSessionMirror } from '../src/identity/session-mirror.ts';
import { forgetSessions } from '../src/identity/session-store.ts';
import { inBatches } from '../src/platform/batches.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { openSecrets } from '../src/platform/secrets.ts';
import { openStateTable } from '../src/platform/state-table.ts';
import { scheduleFunction } from './edge/schedule-function.ts';
import { postgresFrom, redisFrom } from './edge/stores.ts';

const env = readEnvironment('reconcile', process.env);
const postgres = postgresFrom(env, openSecrets().read, clock);
const table = openStateTable(env.STATE_TABLE, clock);
const mirror = openSessionMirror(redisFrom(env));
const deps = { postgres, table, mirror, endedSessions: openEndedSessions(table, clock) };

export const handler = scheduleFunction({
  tellEndedSessions: (timeLeftMs) =>
    inBatches(100, timeLeftMs, (most) => tellEndedSessions(most, deps)),
  forgetSessions: (timeLeftMs) =>
    inBatches(1000, timeLeftMs, (most) => postgres.run((db) => forgetSessions(db, most))),
});
