import * as z from 'zod';
import * as answers from './answers.ts';

export type AppName = 'customer' | 'captain';

interface Endpoint {
  /** The apps whose main flow calls it. None: it is offered, and no app calls it yet. */
  readonly by: readonly AppName[];
  /** What the Captain app sends, with null for what it has not. */
  readonly sends: readonly string[];
  /** The whole body of the answer. */
  readonly answer: z.ZodType;
}

const customer = ['customer'] as const;
const captain = ['captain'] as const;
const both = ['customer', 'captain'] as const;
const nobody = [] as const;

/** An app that meets an error in an answer that is none cannot read the answer. */
const noError = z.undefined().optional();
const Succeeded = z.object({ success: z.literal(true), error: noError });
const of = (by: readonly AppName[], answer: z.ZodType, sends = ''): Endpoint => ({
  by,
  sends: sends.split(' ').filter((field) => field !== ''),
  answer: Succeeded.extend({ data: answer }),
});
/** The apps read these fields beside `success`, and not in `data`. */
const bare = (by: readonly AppName[], answer: z.ZodObject, sends = ''): Endpoint => ({
  ...of(by, answer, sends),
  answer: Succeeded.extend(answer.shape),
});

const papers = 'rcNumber rcExpiry insuranceNumber insuranceExpiry permitNumber permitExpiry';

/** An order is called by two names. The apps try the second one when the first one is not known. */
const order = {
  'POST {orders}': of(customer, answers.PlacedOrder),
  'GET {orders}/{id}': of(customer, answers.OrderDetail),
  'GET {orders}/{id}/status': of(customer, answers.OrderStatus),
  'POST {orders}/{id}/cancel': of(customer, answers.CancelledOrder),
};
const orderBy = (name: string) =>
  Object.fromEntries(
    Object.entries(order).map(([key, endpoint]) => [key.replace('{orders}', name), endpoint]),
  );

/** The tables E1 and B: what the core journeys need, group by group. */
export const core: Readonly<Record<string, Endpoint>> = {
  'POST auth/send-otp': of(both, answers.CodeSent, 'phone role'),
  'POST auth/verify-otp': of(both, answers.Session, 'phone otp role deviceId deviceName'),
  'POST auth/refresh': of(both, answers.Refreshed, 'refreshToken'),
  'POST auth/logout': of(captain, answers.Anything),
  'GET auth/me': of(nobody, answers.Me),
  'POST driver-auth/send-otp': of(captain, answers.DriverCodeSent, 'driverPhone'),
  'POST driver-auth/verify-otp': of(captain, answers.DriverSession, 'driverPhone otp'),
  'GET profile': of(both, answers.ProfileAnswer),
  'PUT profile/customer': of(customer, answers.ProfileAnswer),
  'PUT profile/transporter': of(
    captain,
    answers.ProfileAnswer,
    'name email company gstNumber panNumber address city state',
  ),
  'POST geocoding/search': of(customer, answers.Places),
  'POST geocoding/reverse': of(customer, answers.Address),
  'POST geocoding/route': of(customer, answers.Way),
  'POST geocoding/route-multi': of(customer, answers.WayWithStops),
  'GET vehicles/pricing': of(customer, answers.Pricing),
  'GET search': of(nobody, answers.Search),
  'GET vehicles/types': of(nobody, answers.VehicleTypes),
  ...orderBy('bookings/orders'),
  'GET orders/check-active': of(customer, answers.ActiveOrder),
  'GET bookings/orders/{id}/cancel-preview': of(customer, answers.CancelPreview),
  'GET bookings': of(customer, answers.Bookings),
  'GET bookings/{id}': of(customer, answers.OneBooking),
  'GET bookings/{id}/trucks': of(customer, answers.BookingTrucks),
  'PATCH bookings/{id}/cancel': of(customer, answers.Anything),
  'GET tracking/booking/{id}': of(customer, answers.TrackedBooking),
  'GET tracking/booking/{id}/eta': of(customer, answers.Etas),
  'GET tracking/{id}': of(captain, answers.Tracked),
  'GET tracking/fleet': of(captain, answers.TrackedFleet),
  'POST rating': of(customer, answers.GivenRating),
  'GET rating/pending': of(customer, answers.UnratedTrips),
  'GET transporter/availability': of(captain, answers.Presence),
  'PUT transporter/availability': of(captain, answers.ChangedPresence, 'isAvailable'),
  'POST transporter/heartbeat': of(
    captain,
    answers.Beaten,
    'latitude longitude vehicleId isOnTrip',
  ),
  'DELETE transporter/heartbeat': of(captain, answers.Anything),
  'GET bookings/requests/active': of(captain, answers.Feed),
  'GET broadcasts/active': bare(captain, answers.Broadcasts),
  'GET broadcasts/{id}': bare(captain, answers.OneBroadcast),
  'POST broadcasts/{id}/decline': bare(captain, answers.Done, 'driverId reason notes'),
  'GET bookings/orders/{id}/broadcast-snapshot': of(captain, answers.Snapshot),
  'GET transporter/dispatch/replay': of(captain, answers.Replay),
  'POST truck-hold/hold': of(captain, answers.Held, 'orderId vehicleType vehicleSubtype quantity'),
  'POST truck-hold/confirm-with-assignments': of(captain, answers.Confirmed, 'holdId assignments'),
  'POST truck-hold/release': of(captain, answers.Anything, 'holdId'),
  'GET truck-hold/my-active': of(captain, answers.MyHold),
  'GET vehicles/list': of(captain, answers.Vehicles),
  'PUT vehicles/upsert': of(
    captain,
    answers.RegisteredVehicle,
    `vehicleNumber vehicleType vehicleSubtype capacity model year ${papers}`,
  ),
  'GET vehicles/{id}': of(captain, answers.OneVehicle),
  'DELETE vehicles/{id}': of(captain, answers.Anything),
  'GET driver/list': of(captain, answers.Drivers),
  'POST driver/onboard/initiate': of(
    captain,
    answers.Onboarding,
    'phone name licenseNumber licensePhoto email',
  ),
  'POST driver/onboard/verify': of(captain, answers.Onboarded, 'phone otp'),
  'POST driver/onboard/resend': of(captain, answers.OnboardingAgain, 'phone'),
  'GET assignments/{id}': of(captain, answers.Assignment),
  'GET assignments/driver': of(captain, answers.Assignments),
  'PATCH assignments/{id}/accept': of(captain, answers.Assignment),
  'PATCH assignments/{id}/decline': of(captain, answers.Anything, 'reason'),
  'GET driver/dashboard': of(captain, answers.Dashboard),
  'GET driver/availability': of(captain, answers.Online),
  'PUT driver/availability': of(captain, answers.Online, 'isOnline currentLocation'),
  'GET driver/trips': of(captain, answers.DrivenTrips),
  'GET driver/trips/active': of(captain, answers.ActiveTrip),
  'GET driver/earnings': of(captain, answers.Earnings),
  'GET driver/performance': of(captain, answers.Performance),
  'PUT tracking/trip/{id}/status': of(captain, answers.Anything, 'status'),
  'POST tracking/batch': of(captain, answers.Batch, 'tripId points'),
  'POST tracking/update': of(nobody, answers.Anything),
  'POST notifications/register-token': of(
    captain,
    answers.DeviceRegistered,
    'token deviceType deviceId',
  ),
  'DELETE notifications/unregister-token': of(captain, answers.Anything, 'token'),
  'GET /health': { by: nobody, sends: [], answer: answers.Health.extend({ error: noError }) },
};

export const twins = orderBy('orders');

const endpoints = { ...core, ...twins };
const anId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Calls that must not happen twice: the apps send a key with them. */
const keyed =
  /^POST ((bookings\/)?orders(\/\{id\}\/cancel)?|truck-hold\/(hold|confirm-with-assignments))$/;

/** The endpoint that a call is of, with its name in the tables. */
export function endpointOf(method: string, path: string) {
  const [plain = ''] = path.split('?');
  const steps = plain.split('/').map((step) => (anId.test(step) ? '{id}' : step));
  const name = `${method} ${steps.join('/')}`;
  const endpoint = endpoints[name];
  return endpoint && { name, isKeyed: keyed.test(name), ...endpoint };
}
