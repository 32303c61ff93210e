import * as z from 'zod';
import { Phone } from '../src/contract/http/auth/accounts.ts';
import { readEnvironment } from '../src/contract/functions.ts';
import { roles } from '../src/contract/wire.ts';
import { endAccountSessions } from '../src/identity/accounts/end-account-sessions.ts';
import { openEndedSessions } from '../src/identity/sessions/ended-sessions.ts';
import { restoreAccount } from '../src/identity/accounts/restore-account.ts';
import { rotateSigningKeys } from '../src/identity/keys/rotate-signing-keys.ts';
import { openSessionMirror } from '../src/identity/sessions/session-mirror.ts';
import { suspendAccount } from '../src/identity/accounts/suspend-account.ts';
import { listDisputes, settleDispute } from '../src/orders/ending/settle-dispute.ts';
import { closeOffers } from '../src/orders/offers/close-offers.ts';
import { pushAccount } from '../src/messaging/push-account.ts';
import {
  dropParkedEvents,
  listParkedEvents,
  releaseParkedEvents,
} from '../src/platform/outbox/parked-events.ts';
import { endTrip } from '../src/trips/moving/end-trip.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { openStateTable } from '../src/platform/aws/state-table.ts';
import { command, commandFunction } from './edge/command-function.ts';
import { cutoverCommands } from './wiring/cutover-commands.ts';
import { orderDepsFrom } from './wiring/orders.ts';
import { redisFrom } from './wiring/stores.ts';
import { trackingFrom, trackOf } from './wiring/tracking.ts';
import { watchCommands } from './wiring/watch-commands.ts';

const env = readEnvironment('operate', process.env);
const secrets = openSecrets();
const table = openStateTable(env.STATE_TABLE, clock);
const redis = redisFrom(env);
const orders = orderDepsFrom(env, redis, secrets.read, clock);
const trips = { ...orders, trackOf: trackOf(trackingFrom(orders, redis)) };
const deps = {
  postgres: orders.postgres,
  mirror: openSessionMirror(redis),
  endedSessions: openEndedSessions(table, clock),
  queues: orders.queues,
  table,
  clock,
  readSecret: secrets.read,
  writeSecret: secrets.write,
  signingKeysArn: env.SIGNING_KEYS_SECRET_ARN,
  publicKeysArn: env.PUBLIC_KEYS_SECRET_ARN,
  pushSecretArn: env.PUSH_SECRET_ARN,
};

const Events = z.strictObject({ eventIds: z.array(z.uuid()).min(1).max(100) });
const Account = z.strictObject({ phone: Phone, role: z.enum(roles) });

export const handler = commandFunction({
  'suspend-account': command({
    summary:
      'Lets an account in no more, ends its sessions, and takes it out of all searches. Its trips go on',
    input: Account.extend({ reason: z.string().trim().min(1).max(500) }),
    run: async (input) => {
      const suspended = await suspendAccount(input, deps);
      const searchesLeft = await closeOffers(suspended.account.userId, orders);
      return { ...suspended, searchesLeft };
    },
  }),
  'restore-account': command({
    summary: 'Lets a suspended account log in again',
    input: Account,
    run: (input) => restoreAccount(input, deps),
  }),
  'end-sessions': command({
    summary: 'Logs an account out everywhere',
    input: Account,
    run: (input) => endAccountSessions(input, deps),
  }),
  'end-trip': command({
    summary:
      'Ends a trip that does not move, or cannot be completed: its driver, vehicle and order are free',
    input: z.strictObject({
      tripId: z.uuid(),
      reason: z.string().trim().min(1).max(500),
      outcome: z
        .enum(['completed', 'cancelled'])
        .meta({ description: 'Whether the goods were delivered' }),
      evenIfMoving: z.boolean().default(false).meta({
        description: 'Do not wait for 12 hours: the driver is suspended, or cannot complete it',
      }),
    }),
    run: (input) => endTrip(input, trips),
  }),
  'list-disputes': command({
    summary: 'Shows the disputes that wait for an operator: the hundred oldest',
    input: z.strictObject({}),
    run: () => listDisputes(deps),
  }),
  'settle-dispute': command({
    summary: 'Writes down what came of a dispute, which is then no longer listed. Nobody is told',
    input: z.strictObject({
      disputeId: z.uuid(),
      outcome: z
        .string()
        .trim()
        .min(1)
        .max(2000)
        .meta({ description: 'What was agreed, in words' }),
    }),
    run: (input) => settleDispute(input, deps),
  }),
  'rotate-keys': command({
    summary: 'Does the next step of a rotation of the signing keys, or replaces one that leaked',
    input: z.strictObject({
      leaked: z.string().optional().meta({ description: 'Its kid: all keys are replaced at once' }),
    }),
    run: (input) => rotateSigningKeys(input, deps),
  }),
  'describe-stage': command({
    summary: 'Says which optional services this stage has: whether push messages are sent',
    input: z.strictObject({}),
    run: async () => {
      const account = await pushAccount(deps.readSecret, deps.pushSecretArn);
      return { push: account ? `on, as ${account.project_id}` : 'off' };
    },
  }),
  ...watchCommands(env, orders, redis),
  ...cutoverCommands(orders.postgres),
  'list-parked-events': command({
    summary: 'Shows the events that their queue refused: the first hundred',
    input: z.strictObject({}),
    run: () => listParkedEvents(deps),
  }),
  'release-parked-events': command({
    summary: 'Has parked events told again, by the next run of reconcile',
    input: Events,
    run: (input) => releaseParkedEvents(input, deps),
  }),
  'drop-parked-events': command({
    summary: 'Gives parked events up: nobody is told of them',
    input: Events,
    run: (input) => dropParkedEvents(input, deps),
  }),
});
