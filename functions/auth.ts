import { readEnvironment } from '../src/contract/functions.ts';
import { servedByAuth } from '../src/contract/http/served-by/auth.ts';
import { signBy } from '../src/identity/sessions/access-token.ts';
import {
  registerDeviceToken,
  unregisterDeviceToken,
} from '../src/identity/devices/device-tokens.ts';
import { listSessions } from '../src/identity/sessions/list-sessions.ts';
import { endOwnSession, logOut } from '../src/identity/sessions/log-out.ts';
import {
  getMe,
  getProfile,
  updateCustomer,
  updateTransporter,
} from '../src/identity/accounts/profile.ts';
import { refreshSession } from '../src/identity/sessions/refresh-session.ts';
import { sendDriverCode } from '../src/identity/login/send-driver-code.ts';
import { sendLoginCode } from '../src/identity/login/send-login-code.ts';
import { openSessionMirror } from '../src/identity/sessions/session-mirror.ts';
import { signingKey } from '../src/identity/keys/signing-key.ts';
import { issueTicket, ticketLife } from '../src/identity/sessions/socket-ticket.ts';
import { verifyDriverCode } from '../src/identity/login/verify-driver-code.ts';
import { verifyLoginCode } from '../src/identity/login/verify-login-code.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { countInRedis } from '../src/platform/rate-limit.ts';
import { openQueue } from '../src/platform/aws/queues.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { codeDepsFrom } from './wiring/codes.ts';
import { httpFunction } from './edge/http/http-function.ts';
import { ok } from './edge/http/reply.ts';
import { edgeFrom } from './wiring/edge.ts';
import { identityFrom } from './wiring/identify.ts';
import { postgresFrom, redisFrom } from './wiring/stores.ts';

const env = readEnvironment('auth', process.env);
const { read: readSecret } = openSecrets();
const postgres = postgresFrom(env, readSecret, clock);
const redis = redisFrom(env);
const { identify, endedSessions, table } = identityFrom(env, readSecret, clock);

const deps = {
  ...codeDepsFrom(env, { redis, postgres, readSecret, clock }),
  postgres,
  table,
  endedSessions,
  queues: { notify: openQueue(env.NOTIFY_QUEUE_URL) },
  mirror: openSessionMirror(redis),
  sign: signBy(signingKey(readSecret, env.SIGNING_KEYS_SECRET_ARN, clock), clock),
  clock,
};

export const handler = httpFunction(
  servedByAuth,
  {
    sendLoginCode: async ({ body, address }) => ok(await sendLoginCode({ ...body, address }, deps)),
    verifyLoginCode: async ({ body, headers }) => {
      const { phone, otp, role, deviceName, deviceId = headers['x-device-id'] } = body;
      return ok(
        await verifyLoginCode({ phone, otp, role, device: { deviceId, deviceName } }, deps),
      );
    },
    sendDriverLoginCode: async ({ body, address }) =>
      ok(await sendDriverCode({ ...body, address }, deps)),
    verifyDriverLoginCode: async ({ body, headers }) =>
      ok(await verifyDriverCode({ ...body, device: { deviceId: headers['x-device-id'] } }, deps)),
    refreshSession: async ({ body: { refreshToken, rotate = false }, headers }) =>
      ok(await refreshSession({ refreshToken, rotate, deviceId: headers['x-device-id'] }, deps)),
    logOut: async ({ caller, query }) =>
      ok(await logOut(caller, { everywhere: query.all === 'true' }, deps)),
    getMe: async ({ caller }) => ok(await getMe(caller, deps)),
    listSessions: async ({ caller }) => ok({ sessions: await listSessions(caller, deps) }),
    endSession: async ({ caller, params }) => ok(await endOwnSession(caller, params.id, deps)),
    createSocketTicket: async ({ caller }) =>
      ok({ ticket: await issueTicket(caller, deps), expiresIn: ticketLife }),
    getProfile: async ({ caller }) => ok(await getProfile(caller, deps)),
    updateCustomerProfile: async ({ caller, body }) => ok(await updateCustomer(caller, body, deps)),
    updateTransporterProfile: async ({ caller, body }) =>
      ok(await updateTransporter(caller, body, deps)),
    registerDeviceToken: async ({ caller, body }) =>
      ok(await registerDeviceToken({ ...body, caller }, deps)),
    unregisterDeviceToken: async ({ caller, body }) =>
      ok(await unregisterDeviceToken({ ...body, caller }, deps)),
  },
  {
    isFromEdge: edgeFrom(env, readSecret, clock),
    authenticate: identify,
    countCall: countInRedis(redis),
  },
);
