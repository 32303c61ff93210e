import { rateLimitsAreLifted } from '../src/contract/environment.ts';
import { readEnvironment } from '../src/contract/functions.ts';
import { servedByFleet } from '../src/contract/http/served-by/fleet.ts';
import { beginOnboarding } from '../src/fleet/drivers/begin-onboarding.ts';
import { deleteVehicle } from '../src/fleet/vehicles/delete-vehicle.ts';
import { readAvailability, setAvailability } from '../src/fleet/drivers/driver-availability.ts';
import { finishOnboarding } from '../src/fleet/drivers/finish-onboarding.ts';
import { openGeoIndex } from '../src/fleet/presence/index/geo-index.ts';
import { listDrivers } from '../src/fleet/drivers/list-drivers.ts';
import { listVehicles } from '../src/fleet/vehicles/list-vehicles.ts';
import { readVehicle } from '../src/fleet/vehicles/read-vehicle.ts';
import { removeDriver } from '../src/fleet/drivers/remove-driver.ts';
import { resendOnboardingCode } from '../src/fleet/drivers/resend-onboarding-code.ts';
import { openPresenceSwitch } from '../src/fleet/presence/presence-switch.ts';
import {
  beat,
  readPresence,
  stopBeating,
  switchPresence,
} from '../src/fleet/presence/transporter-presence.ts';
import { upsertVehicle } from '../src/fleet/vehicles/upsert-vehicle.ts';
import { openSessionMirror } from '../src/identity/sessions/session-mirror.ts';
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

const env = readEnvironment('fleet', process.env);
const { read: readSecret } = openSecrets();
const postgres = postgresFrom(env, readSecret, clock);
const redis = redisFrom(env);
const { identify, endedSessions, table } = identityFrom(env, readSecret, clock);

const limitsLifted = rateLimitsAreLifted(process.env);
const deps = {
  ...codeDepsFrom(env, { redis, postgres, readSecret, clock }),
  postgres,
  table,
  endedSessions,
  queues: {
    notify: openQueue(env.NOTIFY_QUEUE_URL),
    dispatch: openQueue(env.DISPATCH_QUEUE_URL),
  },
  mirror: openSessionMirror(redis),
  geo: openGeoIndex({ redis, clock, limitsLifted }),
  presence: openPresenceSwitch({ redis, clock, limitsLifted }),
  clock,
};

export const handler = httpFunction(
  servedByFleet,
  {
    listVehicles: async ({ caller }) => ok(await listVehicles(caller.userId, deps)),
    upsertVehicle: async ({ caller, body }) => {
      const upserted = await upsertVehicle({ ...body, transporterId: caller.userId }, deps);
      return upserted.isNew ? { status: 201, body: upserted } : ok(upserted);
    },
    getVehicle: async (request) => ok({ vehicle: await readVehicle(vehicleIn(request), deps) }),
    deleteVehicle: async (request) => ok(await deleteVehicle(vehicleIn(request), deps)),
    listDrivers: async ({ caller }) => ok(await listDrivers(caller.userId, deps)),
    beginOnboarding: async ({ caller, body, address }) =>
      ok(await beginOnboarding({ ...body, transporterId: caller.userId, address }, deps)),
    resendOnboardingCode: async ({ caller, body, address }) =>
      ok(await resendOnboardingCode({ ...body, transporterId: caller.userId, address }, deps)),
    finishOnboarding: async ({ caller, body }) => ({
      status: 201,
      body: await finishOnboarding({ ...body, transporterId: caller.userId }, deps),
    }),
    removeDriver: async ({ caller, params }) =>
      ok(await removeDriver({ driverId: params.id, transporterId: caller.userId }, deps)),
    getDriverAvailability: async ({ caller }) => ok(await readAvailability(caller, deps)),
    setDriverAvailability: async ({ caller, body }) =>
      ok(await setAvailability(caller, body.isOnline, deps)),
    getTransporterAvailability: async ({ caller }) => ok(await readPresence(caller.userId, deps)),
    setTransporterAvailability: async ({ caller, body }) =>
      ok(await switchPresence(caller.userId, body.isAvailable, deps)),
    beat: async ({ caller, body: { latitude, longitude } }) =>
      ok(await beat(caller.userId, { latitude, longitude }, deps)),
    stopBeating: async ({ caller }) => ok(await stopBeating(caller.userId, deps)),
  },
  {
    isFromEdge: edgeFrom(env, readSecret, clock),
    authenticate: identify,
    countCall: countInRedis(redis),
  },
);

interface OfOneVehicle {
  readonly caller: { readonly userId: string };
  readonly params: { readonly id: string };
}

function vehicleIn({ caller, params }: OfOneVehicle) {
  return { vehicleId: params.id, transporterId: caller.userId };
}
