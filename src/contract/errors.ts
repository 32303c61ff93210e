/**
 * Every error that a client can be told of, once: the HTTP status, the sentence a person reads, what
 * it means, and what the client should do. A route lists the codes it can answer with.
 */
export const errors = {
  VALIDATION_ERROR: {
    status: 400,
    message: 'Some of what was sent is not valid. See the details and try again.',
    meaning: 'The body, the path or the query breaks the rules of this route; nothing was changed.',
    remedy: 'Correct the fields named in `details`; sending the same again fails again.',
  },
  MISSING_IDEMPOTENCY_KEY: {
    status: 400,
    message: 'Send an X-Idempotency-Key header of 8 to 128 letters, digits, "-" or "_".',
    meaning: 'This route changes something that must not happen twice, and the request has no key.',
    remedy: 'Make a UUID per intent and send it with every retry of that intent.',
  },
  INVALID_PHONE: {
    status: 400,
    message: 'Enter a 10-digit Indian mobile number.',
    meaning:
      'The phone number is not an Indian mobile number: ten digits, the first of them 6 to 9.',
    remedy: 'Ask for the number again; `+91` in front of it is fine.',
  },
  INVALID_OTP: {
    status: 400,
    message: 'This code is not right. Check the latest SMS and try again.',
    meaning:
      'The code is wrong. `data.attemptsLeft` says how often it can be tried until it locks.',
    remedy: 'Ask for the code again; the latest one counts.',
  },
  OTP_INVALID: {
    status: 400,
    message: 'This code is not right. Ask for the latest one and try again.',
    meaning: 'As INVALID_OTP, for the login and the onboarding of drivers.',
    remedy: 'Ask for the code again; the latest one counts.',
  },
  OTP_EXPIRED: {
    status: 400,
    message: 'This code is not valid any more. Please ask for a new one.',
    meaning:
      'There is no code for this number and role: it was used, is older than 5 minutes, or was never sent.',
    remedy: 'Send a new code.',
  },
  OTP_NOT_FOUND: {
    status: 400,
    message: 'There is no valid code for this driver. Please ask for a new one.',
    meaning: 'As OTP_EXPIRED, for drivers. Also if no driver in a fleet has this phone number.',
    remedy: 'Send a new code.',
  },
  OTP_MAX_ATTEMPTS: {
    status: 400,
    message: 'Too many wrong codes. Please wait a few minutes, then ask for a new one.',
    meaning:
      'Five wrong codes were entered; number and role are locked for 10 minutes from the first.',
    remedy: 'Wait for `retryAfterMs`, then send a new code.',
  },
  TRANSPORTER_NOT_FOUND: {
    status: 400,
    message: 'You do not belong to a fleet at the moment. Ask your transporter to add you.',
    meaning: 'The driver is known, but has no transporter to whom a code could be sent.',
    remedy: 'The transporter adds the driver to the fleet; then log in.',
  },
  NO_PENDING_REQUEST: {
    status: 400,
    message: 'This driver is not being added by you at the moment. Please start again.',
    meaning:
      'No onboarding of this number by this transporter is open: none was begun in the last 10 minutes, or another transporter has begun one since.',
    remedy: 'Begin with POST driver/onboard/initiate.',
  },
  CONFIRM_FAILED: {
    status: 400,
    message:
      'Some of these vehicles or drivers cannot take a truck right now. Please choose others.',
    meaning:
      'The trucks were not assigned, not even those whose vehicle and driver are free. `data.failedAssignments` lists `vehicleId`, `driverId` and `reason` of each pair that failed. A hold stays as it was.',
    remedy: 'Confirm again with other vehicles or drivers, before the hold ends.',
  },
  INVALID_STATUS_TRANSITION: {
    status: 400,
    message: 'The trip cannot go on like this from where it is. Please look at it again.',
    meaning:
      'A trip only goes forward, and `completed` only follows on `in_transit` or `arrived_at_drop`; a trip that is over goes nowhere. `data` has where it is and where it was to go, as `from` and `to`. Nothing was changed.',
    remedy: 'Read the assignment again, and show its `status`.',
  },
  TOO_FAR_FROM_PICKUP: {
    status: 400,
    message: 'You are not at the pickup yet. Please go there, then try again.',
    meaning:
      'By the last known position, the truck is farther from the pickup than is allowed. `data` has `distanceMeters` and `allowedMeters`.',
    remedy: 'Show how far it is; send the position again before the next try.',
  },
  TOO_FAR_FROM_DROP: {
    status: 400,
    message: 'You are not at the drop yet. Please go there, then try again.',
    meaning:
      'By the last known position, the truck is farther from the drop than is allowed. `data` has `distanceMeters` and `allowedMeters`.',
    remedy: 'Show how far it is; send the position again before the next try.',
  },
  POD_OTP_REQUIRED: {
    status: 400,
    message: 'Ask the customer for the four-digit code of this trip, and enter it.',
    meaning:
      'The customer asked for codes, and `in_transit` or `completed` came without its `code`. Nothing was changed.',
    remedy: 'Ask for the code, and send the same status with it.',
  },
  INVALID_TRIP_CODE: {
    status: 400,
    message: 'This code is not right. Ask the customer for the code of this trip.',
    meaning:
      'The `code` is wrong. `data.attemptsLeft` says how often it can be tried until it locks.',
    remedy: 'Ask for the code again; loading and delivery have different ones.',
  },
  UNAUTHORIZED: {
    status: 401,
    message: 'Please log in to continue.',
    meaning:
      'There is no access token, or it is not one of ours, or its time has run out, or its session was ended.',
    remedy: 'Refresh the access token once and send the request again; if that is refused, log in.',
  },
  INVALID_REFRESH_TOKEN: {
    status: 401,
    message: 'Your login has ended. Please log in again.',
    meaning:
      'The refresh token is unknown, was replaced, belongs to another device, or its session has ended.',
    remedy: 'Forget both tokens and log in again.',
  },
  FORBIDDEN: {
    status: 403,
    message: 'Your account cannot do this.',
    meaning: 'The caller is known, and its role is not in the audience of this route.',
    remedy: 'Do not retry: log in with an account of the right role.',
  },
  WRONG_HOST: {
    status: 403,
    message: 'This address does not serve the apps. Please update the app and try again.',
    meaning:
      "The request went to an API's own host, and the stage has an edge in front of it. Any route can answer so, before it is even known; a socket is refused by the status alone.",
    remedy: 'Use the host of the edge.',
  },
  ACCOUNT_SUSPENDED: {
    status: 403,
    message: 'This account is suspended. Please contact Weelo support.',
    meaning:
      'An operator has suspended the account, or for a driver the account of its transporter.',
    remedy: 'Do not retry: show the message.',
  },
  DRIVER_NOT_FOUND: {
    status: 404,
    message: 'There is no such driver. A transporter can add drivers to the fleet.',
    meaning: 'No driver has this phone number; or no driver of this id is in your fleet.',
    remedy: 'The transporter adds the driver to the fleet; then log in.',
  },
  NOT_FOUND: {
    status: 404,
    message: 'There is nothing here.',
    meaning: 'The path is unknown, or what it names does not exist or is not yours.',
    remedy: 'Check the method, the path and the id.',
  },
  ORDER_NOT_FOUND: {
    status: 404,
    message: 'This order does not exist.',
    meaning: 'There is no such order, or it is not yours.',
    remedy: 'Check the id; do not retry.',
  },
  VEHICLE_NOT_FOUND: {
    status: 404,
    message: 'This vehicle does not exist.',
    meaning: 'There is no such vehicle, or it is not yours.',
    remedy: 'Check the id; do not retry.',
  },
  HOLD_NOT_FOUND: {
    status: 404,
    message: 'You hold no such trucks.',
    meaning: 'There is no such hold, or it is not yours.',
    remedy: 'Check the id; GET truck-hold/my-active says what you hold.',
  },
  ASSIGNMENT_NOT_FOUND: {
    status: 404,
    message: 'This trip does not exist.',
    meaning: 'There is no such assignment, or it is not yours.',
    remedy: 'Check the id; do not retry.',
  },
  POSITION_UNKNOWN: {
    status: 404,
    message: 'We do not know where this truck is at the moment.',
    meaning: 'No position of this trip was sent, or the trip has not begun, or it is over.',
    remedy: 'Show that it is not known, and ask again later.',
  },
  ACTIVE_ORDER_EXISTS: {
    status: 409,
    message: 'You already have an active order. Wait until its search ends, or cancel it.',
    meaning:
      'A search of this customer is still open; `data` has its `orderId`, `status` and `expiresAt`.',
    remedy: 'Show that order; a new one can be placed once it is filled, cancelled or expired.',
  },
  ORDER_INACTIVE: {
    status: 409,
    message: 'This order no longer exists: it was filled or cancelled, or has expired.',
    meaning: 'Its search is closed, so no more of its trucks can be taken.',
    remedy: 'Take the order off the screen.',
  },
  NOT_ENOUGH_AVAILABLE: {
    status: 409,
    message:
      'So many trucks cannot be held: the order needs fewer, or you have fewer vehicles free.',
    meaning:
      'The order has fewer open trucks of this kind than you asked for, or you have fewer free vehicles of it. `data` has both, as `openTrucks` and `yourFreeTrucks`. Nothing was held.',
    remedy: 'Ask for no more than the smaller of the two.',
  },
  ALREADY_HOLDING: {
    status: 409,
    message: 'You already hold trucks of this order. Please confirm or release them first.',
    meaning:
      'A transporter has one hold at a time for an order and a kind. An order cannot be declined while you hold trucks of it.',
    remedy: 'GET truck-hold/my-active shows the hold: confirm it, or release it.',
  },
  HOLDS_LIMITED: {
    status: 409,
    message: 'Two of your holds ended unused within an hour. You can hold one truck at a time now.',
    meaning:
      'Two of your holds lapsed within an hour. Until `data.until` you can hold one truck at a time.',
    remedy: 'Hold a single truck, and confirm it before the next; or wait until `data.until`.',
  },
  HOLD_EXPIRED: {
    status: 409,
    message: 'This hold has ended, and its trucks are not held for you any more.',
    meaning:
      'The hold was not confirmed in time, or it was released, or the order was cancelled. Nothing was assigned.',
    remedy: 'Hold trucks again, if the order is still open.',
  },
  TRUCK_STATE_CHANGED: {
    status: 409,
    message: 'These trucks have changed meanwhile. Please look at the order again.',
    meaning:
      'The hold was confirmed already, with other vehicles or drivers; or it cannot be released any more.',
    remedy: 'Read the order again: what was confirmed first counts.',
  },
  ASSIGNMENT_TIMED_OUT: {
    status: 409,
    message: 'You did not answer in time, so this trip is not yours any more.',
    meaning:
      'The driver did not answer within 45 seconds. The truck is held for the transporter again, who may put another driver on it.',
    remedy: 'Take the trip off the screen; do not retry.',
  },
  INVALID_ASSIGNMENT_STATE: {
    status: 409,
    message: 'This cannot be done with the trip any more. Please look at it again.',
    meaning:
      'The state of the assignment does not allow this: it was answered otherwise, or is loaded, or is over.',
    remedy: 'Read the assignment again, and show its `status`.',
  },
  TRIP_IS_MOVING: {
    status: 409,
    message: 'This trip has moved in the last 12 hours. Only its driver can complete it now.',
    meaning:
      'A transporter can end a trip that has neither changed its state nor moved for 12 hours.',
    remedy: 'Let the driver complete the trip; or wait until it has stood still so long.',
  },
  CANCEL_BLOCKED_DISPUTE_ONLY: {
    status: 409,
    message:
      'A truck is on the road with your goods, so this order cannot be cancelled any more. You can raise a dispute.',
    meaning: 'A truck of the order is in transit or at the drop. Nothing was cancelled.',
    remedy: 'Offer to raise a dispute: POST orders/{id}/cancel/dispute.',
  },
  CANCEL_REASON_REQUIRED: {
    status: 409,
    message: 'Please say why you cancel: a driver has come to the pickup.',
    meaning: 'From the pickup on, an order is cancelled only with a `reason`. Nothing was changed.',
    remedy: 'Ask for a reason, and cancel again.',
  },
  CANCEL_NOT_BLOCKED: {
    status: 409,
    message: 'You can cancel this order: there is nothing to dispute.',
    meaning: 'No truck of the order is on the road, so nothing keeps it from being cancelled.',
    remedy: 'Cancel the order, or leave it; GET orders/{id}/cancel-preview says what it costs.',
  },
  RATING_NOT_POSSIBLE: {
    status: 409,
    message: 'A trip can be rated when it is completed.',
    meaning: 'The trip is not completed: it goes on, or did not take place.',
    remedy: 'Rate it later, if it goes on; GET rating/pending lists what can be rated.',
  },
  VEHICLE_EXISTS: {
    status: 409,
    message: 'This vehicle number is registered with another transporter. Please check the number.',
    meaning: 'A vehicle is in one fleet at a time, and this number is in another one.',
    remedy: 'Correct the number, or contact support if the vehicle is yours.',
  },
  VEHICLE_EXISTS_SAME_OWNER: {
    status: 409,
    message: 'You have registered this vehicle number already, as a vehicle of another type.',
    meaning: 'A vehicle does not change its type or subtype: one of the two numbers is a mistake.',
    remedy: 'Correct the number; or delete the vehicle and register it again.',
  },
  VEHICLE_IN_USE: {
    status: 409,
    message: 'This vehicle is held for an order or on a trip. Please wait until it is free again.',
    meaning: 'Its status is `on_hold` or `in_transit`, which only the order or the trip changes.',
    remedy: 'Try again when the vehicle is available.',
  },
  DRIVER_IN_USE: {
    status: 409,
    message: 'This driver has a trip at the moment. Please wait until it has ended.',
    meaning: 'The driver was asked for a trip, or is on one, and cannot leave the fleet meanwhile.',
    remedy: 'Try again when the trip has ended; or give the assignment up.',
  },
  DRIVER_ALREADY_IN_FLEET: {
    status: 409,
    message: 'This driver is in a fleet already. A driver can be in one fleet at a time.',
    meaning: 'The number is that of a driver who is in your fleet or in another one.',
    remedy:
      'Look at your list of drivers; if they are not there, the other fleet must let them go.',
  },
  TOGGLE_RATE_LIMITED: {
    status: 429,
    message: 'You changed your availability a moment ago. Please wait before changing it again.',
    meaning:
      'The last change was less than 5 seconds ago, or there were ten changes in five minutes.',
    remedy: 'Show the former state, and wait for `retryAfterMs` (also in `Retry-After`).',
  },
  TOGGLE_IN_PROGRESS: {
    status: 409,
    message: 'Your availability was changed by another request just now. Please look again.',
    meaning:
      'Of two opposite changes at once the other one came first, and this one changed nothing.',
    remedy: 'Read the availability again. Change it if it is still not what the user wants.',
  },
  CONCURRENT_REQUEST: {
    status: 409,
    message: 'Another order request is being processed. Please wait a moment and try again.',
    meaning: 'The same intent, or another one that excludes it, is in flight.',
    remedy: 'Wait as long as `Retry-After` says, then send the same request with the same key.',
  },
  TRIP_ENDED: {
    status: 410,
    message: 'This trip has ended.',
    meaning:
      'The last trip of the order has ended, or the order is over without one: there is nothing to watch any more.',
    remedy: 'Show the message, and stop asking.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    message: 'What was sent is too large.',
    meaning: 'The body is over the limit of this service.',
    remedy: 'Send less at once.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: 'Send the body as JSON, with the header "Content-Type: application/json".',
    meaning: 'The body came with another content type, or with none.',
    remedy: 'Set the header; the body is always one JSON object.',
  },
  PRICE_TOO_LOW: {
    status: 422,
    message: 'The price is below what a truck of this type must cost at least.',
    meaning: 'A `pricePerTruck` is under the floor of its vehicle type, which `details` name.',
    remedy: 'Offer at least that much; GET vehicles/pricing says what is usual.',
  },
  SCHEDULING_NOT_OFFERED: {
    status: 422,
    message: 'Trucks can be booked for now only, at most 15 minutes ahead.',
    meaning: '`scheduledAt` is more than 15 minutes ahead. Nothing was ordered.',
    remedy: 'Leave `scheduledAt` out, or place the order when it is time.',
  },
  IDEMPOTENCY_CONFLICT: {
    status: 422,
    message: 'This X-Idempotency-Key was already used for a different request.',
    meaning: 'The key was used before with another body. Nothing was changed.',
    remedy: 'Use a new key for a new intent, the same key only for the same body.',
  },
  RATE_LIMIT_EXCEEDED: {
    status: 429,
    message: 'Too many requests. Please wait a moment and try again.',
    meaning:
      'The limit of this route for this caller is used up, or that of all its calls together.',
    remedy: 'Wait for `retryAfterMs` (also in `Retry-After`), then go on more slowly.',
  },
  TRIP_CODE_LOCKED: {
    status: 429,
    message: 'Too many wrong codes. Please wait a few minutes, then ask the customer again.',
    meaning: 'Five wrong codes were entered for this trip; none is tried for 10 minutes.',
    remedy: 'Wait for `retryAfterMs` (also in `Retry-After`), then send the right code.',
  },
  OTP_COOLDOWN: {
    status: 429,
    message: 'A code was sent a moment ago. Please wait before asking for another one.',
    meaning: 'The last code for this number and role is less than 30 seconds old.',
    remedy: 'Wait for `retryAfterMs` (also in `Retry-After`); the code that was sent stays valid.',
  },
  OTP_RATE_LIMIT_EXCEEDED: {
    status: 429,
    message: 'Too many codes were asked for. Please try again later.',
    meaning:
      'Too many codes were asked for: for this number, for numbers like it, from this address, or by everybody together; or the number is locked after wrong ones.',
    remedy: 'Wait for `retryAfterMs` (also in `Retry-After`).',
  },
  INTERNAL_ERROR: {
    status: 500,
    message: 'Something went wrong on our side. Please try again.',
    meaning: 'A fault of ours. The log has its details under the request id.',
    remedy: 'Retry with the same idempotency key; report `requestId` if it stays.',
  },
  OTP_SEND_FAILED: {
    status: 503,
    message: 'The code could not be sent. Please try again.',
    meaning:
      'The SMS could not be put on its way. It did not count for this number: there is no cooldown, and an earlier code stays valid.',
    remedy: 'Send again, at once or with growing pauses.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    message: 'The service is busy right now. Please try again in a moment.',
    meaning:
      'Something this route depends on cannot be reached, or did not answer in time. Whether anything was changed is not known.',
    remedy:
      'Retry with growing pauses, and with the same idempotency key where the route takes one: then it is done once.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    message: 'Your login has expired. Please log in again.',
    meaning:
      'On sockets only: the access token of this connection has expired, or its session was ended. The socket is closed.',
    remedy:
      'Refresh the access token and connect again. Send `auth` with the new token before the old one expires, and the connection stays.',
  },
  UNKNOWN_ACTION: {
    status: 400,
    message: 'This action is not known.',
    meaning:
      'A socket message named no action, or one that does not exist; the connection lives on.',
    remedy: 'Send one JSON object whose `action` is one of the documented ones.',
  },
} as const satisfies Record<string, ErrorEntry>;

interface ErrorEntry {
  readonly status: number;
  readonly message: string;
  readonly meaning: string;
  readonly remedy: string;
}

export type ErrorCode = keyof typeof errors;

export const errorCodes = Object.keys(errors).filter(isErrorCode);

function isErrorCode(code: string): code is ErrorCode {
  return code in errors;
}

export interface ErrorDetail {
  /** The field, as `vehicleRequirements.0.quantity`; empty for the body as a whole. */
  readonly path: string;
  readonly message: string;
}

interface ErrorFacts {
  readonly details?: ErrorDetail[];
  readonly retryAfterMs?: number;
  /** What the client needs to go on, such as the id of the order that is in the way. */
  readonly data?: Record<string, unknown>;
  readonly cause?: unknown;
}

/** An error that the client is meant to see. Whatever else is thrown becomes INTERNAL_ERROR. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly facts: Omit<ErrorFacts, 'cause'>;

  constructor(code: ErrorCode, { cause, ...facts }: ErrorFacts = {}) {
    super(errors[code].message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.status = errors[code].status;
    this.facts = facts;
  }
}
